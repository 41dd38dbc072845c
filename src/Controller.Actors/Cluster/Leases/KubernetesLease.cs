using System.Text.Json;
using Akka.Actor;
using Akka.Coordination;
using Akka.DependencyInjection;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Shared.Http;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Leases;

/// <summary>Akka.Coordination over a Kubernetes Lease: configured under <see cref="ConfigPath"/>, where <c>namespace</c> is the Lease's.</summary>
internal sealed class KubernetesLease : Lease
{
    public const string ConfigPath = "akka.coordination.lease.kubernetes";

    private readonly LeaseExpiry _expiry = new();
    private readonly IActorRef _actor;
    private readonly TimeProvider _clock;

    /// <summary>Called by Akka.Coordination, by reflection.</summary>
    public KubernetesLease(LeaseSettings settings, ExtendedActorSystem system)
        : base(settings)
    {
        var services = DependencyResolver.For(system).Resolver;
        _clock = services.GetService<TimeProvider>();
        var lease = new LeaseObject(services.GetService<ApiServer>(), settings.LeaseConfig.GetString("namespace"), settings.LeaseName, _clock);
        var me = new LeaseClaimant(settings.OwnerName, settings.TimeoutSettings.HeartbeatTimeout);
        var actorServices = new LeaseServices(lease, me, settings.TimeoutSettings, _expiry, _clock, services.GetService<ILogger<LeaseActor>>());
        _actor = system.SystemActorOf(Props.Create(() => new LeaseActor(actorServices)), $"lease-{settings.LeaseName}-{Guid.NewGuid():N}");
    }

    /// <summary>Has the split-brain resolver use this Lease.</summary>
    public static string Hocon(string ns, string name) => $$"""
        {{ConfigPath}} {
          lease-class = "{{typeof(KubernetesLease).FullName}}, {{typeof(KubernetesLease).Assembly.GetName().Name}}"
          namespace = "{{ns}}"
          heartbeat-interval = 5s
          heartbeat-timeout = 30s
          lease-operation-timeout = 5s
        }
        akka.cluster.downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
        akka.cluster.split-brain-resolver {
          active-strategy = lease-majority
          lease-majority.lease-implementation = "{{ConfigPath}}"
          lease-majority.lease-name = "{{name}}"
        }
        """;

    public override Task<bool> Acquire() => AskAsync(new LeaseActor.Acquire(null));

    public override Task<bool> Acquire(Action<Exception?> leaseLostCallback) => AskAsync(new LeaseActor.Acquire(leaseLostCallback));

    public override Task<bool> Release() => AskAsync(new LeaseActor.Release());

    public override bool CheckLease() => _expiry.Until > _clock.GetUtcNow();

    private async Task<bool> AskAsync(object request)
    {
        try
        {
            // The actor times the operation out itself, and may have to finish a renewal before.
            return await _actor.Ask<bool>(request, Settings.TimeoutSettings.OperationTimeout * 2.5).ConfigureAwait(false);
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

/// <summary>Until when this node holds the lease. Thread-safe.</summary>
internal sealed class LeaseExpiry
{
    private long _until;

    public DateTimeOffset Until
    {
        get => new(Interlocked.Read(ref _until), TimeSpan.Zero);
        set => Interlocked.Exchange(ref _until, value.UtcTicks);
    }
}
