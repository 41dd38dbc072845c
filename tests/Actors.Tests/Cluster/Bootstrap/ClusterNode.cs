using System.Net;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Configuration;
using Akka.DependencyInjection;
using Akka.Management.Cluster.Bootstrap;
using Akka.Management.Cluster.Bootstrap.ContactPoint;
using Akka.Management.Dsl;
using AkkaVault.Actors.Tests.Ledger.Storage.ConfigMap;
using AkkaVault.Controller.Cluster.Bootstrap;
using AkkaVault.Controller.Hosting.Management;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using AkkaVault.Controller.Watching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Newtonsoft.Json;

namespace AkkaVault.Actors.Tests.Cluster.Bootstrap;

/// <summary>
/// A node of a cluster in this process, with its management port. It is one
/// of ours, or one that is configured as in Akka.Management's documentation.
/// </summary>
internal sealed class ClusterNode : IAsyncDisposable
{
    public const string Name = "kubernetes-vault";
    private const int Remoting = 2552;
    private const int Management = 8558;

    private readonly WebApplication _port;
    private readonly CancellationTokenSource _over = new();
    private readonly LedgerWriter? _keeper;

    private ClusterNode(IPAddress address, ActorSystem system, RequestDelegate seeds, LedgerWriter? keeper)
    {
        (Address, System, _keeper) = (address, system, keeper);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address, Management));
        _port = builder.Build();
        _port.Map("/bootstrap/seed-nodes", seeds);
    }

    public IPAddress Address { get; }

    public ActorSystem System { get; }

    public IPEndPoint Point => new(Address, Management);

    /// <summary>The members that are up, as this node sees them.</summary>
    public IReadOnlyList<string> Up => [.. Akka.Cluster.Cluster.Get(System).State.Members.Where(member => member.Status == MemberStatus.Up).Select(member => member.Address.Host).Order(StringComparer.Ordinal)];

    /// <summary>The node's name as a member, as the ledger stores it.</summary>
    public string MemberName => LedgerClusterMembership.NameOf(Akka.Cluster.Cluster.Get(System).SelfUniqueAddress);

    /// <summary>Whether the node leads, and owns the ledger as far as it knows.</summary>
    public bool Stores { get; private set; }

    /// <summary>Whether the node has left the cluster or was downed.</summary>
    public bool Ended => System.WhenTerminated.IsCompleted;

    /// <summary>Starts a node of ours.</summary>
    public static async Task<ClusterNode> OursAsync(IPAddress address, FormationRules rules, Neighbourhood all, FakeLedgerObject ledger, TimeProvider clock, Func<Mishap>? mishap = null)
    {
        var leadership = new Leadership();
        var (ledgerCluster, view) = (new LedgerClusterMembership(leadership), ledger.Seen(mishap ?? (() => Mishap.None)));
        var services = new BootstrapServices(rules, new LedgerMarkStore(view, $"{address}", () => ledgerCluster.Node), ledgerCluster, clock, NullLogger<BootstrapActor>.Instance);
        var hocon = BootstrapActor.Hocon("any", Management, rules.RequiredContactPoints) + NeighbourhoodDiscovery.Hocon;
        var system = ActorSystem.Create(Name, Setup(address, hocon).And(DependencyResolverSetup.Create(new ServiceCollection().AddSingleton(services).BuildServiceProvider())).And(new NeighbourhoodSetup(all)));
        var keeper = new LedgerWriter(new LedgerWriterServices(view, $"{address}-{Guid.NewGuid():N}", new Unobserved(), clock, NullLogger<LedgerWriter>.Instance, ledgerCluster), _ => { });
        var endpoint = new SeedNodeEndpoint(system, ledgerCluster);
        var node = new ClusterNode(address, system, context => endpoint.All().ExecuteAsync(context), keeper);
        await node._port.StartAsync();
        system.ActorOf(DependencyResolver.For(system).Props<BootstrapActor>(), "bootstrap");
        _ = Task.Run(() => node.LeadAsync(leadership));
        return node;
    }

    /// <summary>Starts a node as in Akka.Management's documentation: with its extension, its decider, and discovery by configuration.</summary>
    public static async Task<ClusterNode> StrangerAsync(IPAddress address, int required, IEnumerable<IPEndPoint> contacts)
    {
        var hocon = $$"""
            akka.discovery {
              method = config
              config.services.strangers.endpoints = [{{string.Join(", ", contacts.Select(point => $"\"{point}\""))}}]
            }
            akka.management.http.hostname = "{{address}}"
            akka.management.cluster.bootstrap.contact-point-discovery {
              service-name = strangers
              required-contact-point-nr = {{required}}
              stable-margin = 1s
            }
            """;
        var system = ActorSystem.Create(Name, Setup(address, hocon));
        var cluster = Akka.Cluster.Cluster.Get(system);
        // Akka.Management's own server does not start with the installed package versions. This server gives the same answers.
        var node = new ClusterNode(address, system, context => context.Response.WriteAsync(JsonConvert.SerializeObject(new HttpBootstrapJsonProtocol.SeedNodes(
            cluster.SelfAddress, [.. cluster.State.Members.Select(member => new HttpBootstrapJsonProtocol.ClusterMember(member.Address, member.UniqueAddress.Uid, member.Status, member.Roles))]))), null);
        await node._port.StartAsync();
        var bootstrap = ClusterBootstrap.Get(system);
        bootstrap.Routes(ManagementRouteProviderSettings.Create(new Uri($"http://{node.Point}"), readOnly: true));
        await bootstrap.Start();
        return node;
    }

    /// <summary>Ends the node as a kill ends a process: without a message to others.</summary>
    public async Task KillAsync()
    {
        await _over.CancelAsync();
        _keeper?.Dispose();
        await _port.StopAsync();
        await System.Terminate();
        await _port.DisposeAsync();
    }

    public ValueTask DisposeAsync() => new(KillAsync());

    // Does what the cluster singleton does: the oldest node claims the ledger, and claims it again after it lost it.
    private async Task LeadAsync(Leadership leadership)
    {
        var cluster = Akka.Cluster.Cluster.Get(System);
        while (!_over.IsCancellationRequested)
        {
            var leads = !Ended && cluster.State.Members.Where(member => member.Status is MemberStatus.Up or MemberStatus.Leaving).OrderBy(member => member, Member.AgeOrdering).FirstOrDefault() is { } oldest
                && oldest.UniqueAddress.Equals(cluster.SelfUniqueAddress);
            if (leads && !leadership.IsHeld) leadership.Begin();
            if (!leads) leadership.End();
            try
            {
                if (leads && !Stores) await _keeper!.ClaimAsync(_over.Token);
                Stores = leads;
                if (leads) await _keeper!.ReadAsync(_over.Token);
            }
            catch (Exception e) when (e is LedgerOwnershipLostException or OperationCanceledException or ObjectDisposedException)
            {
                Stores = false;
            }

            await Task.Delay(100).ConfigureAwait(false);
        }

        Stores = false;
    }

    private static ActorSystemSetup Setup(IPAddress address, string hocon) => ActorSystemSetup.Empty.And(BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString($$"""
        akka {
          loglevel = ERROR
          stdout-loglevel = OFF
          log-dead-letters = off
          actor.provider = cluster
          remote.dot-netty.tcp { hostname = "{{address}}", port = {{Remoting}} }
          # As a process that is killed: nobody is told.
          coordinated-shutdown.run-by-actor-system-terminate = off
          cluster {
            gossip-interval = 100ms
            leader-actions-interval = 100ms
            unreachable-nodes-reaper-interval = 200ms
            seed-node-timeout = 1s
            periodic-tasks-initial-delay = 100ms
            retry-unsuccessful-join-after = 1s
            down-removal-margin = 20ms
            failure-detector { heartbeat-interval = 250ms, acceptable-heartbeat-pause = 3s }
            downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
            split-brain-resolver { active-strategy = keep-majority, stable-after = 2s }
          }
        }
        """).WithFallback(ConfigurationFactory.ParseString(hocon))));
}
