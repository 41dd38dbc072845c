using System.Text.Json;
using Akka.Actor;
using Akka.Coordination;
using Akka.DependencyInjection;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Shared.Http;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Leases;

/// <summary>
/// Akka.Coordination over a Kubernetes Lease: configured under <c>akka.coordination.lease.kubernetes</c>, where <c>namespace</c>
/// is the Lease's namespace.
/// </summary>
internal sealed class KubernetesLease : Lease
{
    /// <summary>Its path in the configuration.</summary>
    public const string ConfigPath = "akka.coordination.lease.kubernetes";

    private readonly LeaseExpiry _hold = new();
    private readonly IActorRef _keeper;
    private readonly TimeProvider _clock;

    /// <summary>Made by Akka.Coordination.</summary>
    public KubernetesLease(LeaseSettings settings, ExtendedActorSystem system)
        : base(settings)
    {
        var services = DependencyResolver.For(system).Resolver;
        _clock = services.GetService<TimeProvider>();
        var lease = new LeaseObject(services.GetService<ApiServer>(), settings.LeaseConfig.GetString("namespace"), settings.LeaseName, _clock);
        var me = new LeaseClaimant(settings.OwnerName, settings.TimeoutSettings.HeartbeatTimeout);
        var keeper = new LeaseServices(lease, me, settings.TimeoutSettings, _hold, _clock, services.GetService<ILogger<LeaseActor>>());
        _keeper = system.SystemActorOf(Props.Create(() => new LeaseActor(keeper)), $"lease-{settings.LeaseName}-{Guid.NewGuid():N}");
    }

    /// <summary>The configuration that makes it known, and has the split-brain resolver use it.</summary>
    /// <param name="ns">The Lease's namespace.</param>
    /// <param name="name">The Lease's name.</param>
    public static string Hocon(string ns, string name) => $$"""
        {{ConfigPath}} {
          lease-class = "{{typeof(KubernetesLease).FullName}}, {{typeof(KubernetesLease).Assembly.GetName().Name}}"
          namespace = "{{ns}}"
          heartbeat-interval = 5s
          heartbeat-timeout = 30s
          lease-operation-timeout = 5s
        }
        akka.cluster {
          downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
          split-brain-resolver {
            active-strategy = lease-majority
            lease-majority {
              lease-implementation = "{{ConfigPath}}"
              lease-name = "{{name}}"
            }
          }
        }
        """;

    /// <inheritdoc/>
    public override Task<bool> Acquire() => AskAsync(new LeaseActor.AcquireAsked(null));

    /// <inheritdoc/>
    public override Task<bool> Acquire(Action<Exception?> leaseLostCallback) => AskAsync(new LeaseActor.AcquireAsked(leaseLostCallback));

    /// <inheritdoc/>
    public override Task<bool> Release() => AskAsync(new LeaseActor.ReleaseAsked());

    /// <inheritdoc/>
    public override bool CheckLease() => _hold.Until > _clock.GetUtcNow();

    private async Task<bool> AskAsync(object request)
    {
        try
        {
            // The keeper gives up after the operation's timeout itself; it may be busy with a heartbeat before.
            return await _keeper.Ask<bool>(request, Settings.TimeoutSettings.OperationTimeout * 2.5).ConfigureAwait(false);
        }
        catch (AskTimeoutException e)
        {
            throw new LeaseTimeoutException($"the Lease {Settings.LeaseName}: {e.Message}", e);
        }
        catch (Exception e) when (e is ApiServerException or HttpRequestException or IOException or JsonException)
        {
            throw new LeaseException($"the Lease {Settings.LeaseName}: {Causes.Of(e)}", e);
        }
    }
}

/// <summary>Until when a lease is held, as this node knows. Safe to use from any thread.</summary>
internal sealed class LeaseExpiry
{
    private long _until;

    /// <summary>Until when; long ago: it is not.</summary>
    public DateTimeOffset Until
    {
        get => new(Interlocked.Read(ref _until), TimeSpan.Zero);
        set => Interlocked.Exchange(ref _until, value.UtcTicks);
    }
}
