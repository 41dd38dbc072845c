using System.Text.Json;
using Akka.Actor;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Observability;
using AkkaVault.Shared.Http;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Alone;

/// <summary>What looking at the service works with.</summary>
/// <param name="Endpoints">Reads its addresses.</param>
/// <param name="Namespace">The service's namespace.</param>
/// <param name="Service">The controller's service.</param>
/// <param name="Metrics">Where the addresses are counted.</param>
/// <param name="Log">Where a person is told.</param>
public sealed record NeighboursServices(ServiceEndpoints Endpoints, string Namespace, string Service, ControllerMetrics Metrics, ILogger<NeighboursActor> Log);

/// <summary>
/// Looks now and then how many addresses are behind the service of a controller without a <c>cluster</c> section. A thin shell:
/// <see cref="Neighbours"/> decides.
/// </summary>
public sealed class NeighboursActor : UntypedActor, IWithTimers
{
    /// <summary>From the start to the first look: those that were there before are gone by then.</summary>
    public static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(60);

    /// <summary>From the end of one look to the next.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly NeighboursServices _services;
    private readonly CancellationTokenSource _stopped = new();
    private Neighbours _neighbours = Neighbours.None;

    /// <summary>For <see cref="Props"/>.</summary>
    public NeighboursActor(NeighboursServices services) => _services = services;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    public static Props Props(NeighboursServices services) => Akka.Actor.Props.Create(() => new NeighboursActor(services));

    private sealed record Due;

    private sealed record Looked(int? Addresses, string Problem);

    private string Service => $"{_services.Namespace}/{_services.Service}";

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _services.Log.LogDebug("Alone; the Service {Service} is looked at in {Seconds} s", Service, FirstLook.TotalSeconds);
        LookIn(FirstLook);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Due:
                LookAsync(_stopped.Token).PipeTo(Self, failure: e => new Looked(null, e.GetType().Name));
                break;
            case Looked looked:
                Take(looked);
                LookIn(Interval);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void LookIn(TimeSpan delay) => Timers.StartSingleTimer(typeof(Due), new Due(), delay);

    private void Take(Looked looked)
    {
        (_neighbours, var tell) = _neighbours.See(looked.Addresses);
        if (looked.Addresses is not { } addresses)
        {
            // A controller that is alone needs no right to see it.
            _services.Log.LogDebug("Looked at the Service {Service}: {Problem}", Service, looked.Problem);
            return;
        }

        // A service that is not there, or that does not select this one, leaves this one.
        _services.Metrics.Discovered(Math.Max(1, addresses));
        _services.Log.LogDebug("Looked at the Service {Service}: {Addresses} addresses", Service, addresses);
        if (tell) _services.Log.NotAlone(addresses, Service);
    }

    private async Task<Looked> LookAsync(CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        try
        {
            return new Looked(Neighbours.Count(await _services.Endpoints.ReadAsync(_services.Namespace, _services.Service, "", deadline.Token).ConfigureAwait(false)), "");
        }
        catch (Exception e) when (e is ApiServerException or HttpRequestException or IOException or JsonException)
        {
            return new Looked(null, Causes.Of(e));
        }
        catch (OperationCanceledException)
        {
            return new Looked(null, $"no answer within {Patience.TotalSeconds} s");
        }
    }
}
