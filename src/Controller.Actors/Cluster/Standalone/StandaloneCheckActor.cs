using System.Text.Json;
using Akka.Actor;
using AkkaVault.Controller.Cluster.Discovery;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Endpoints;
using AkkaVault.Shared.Http;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Standalone;

/// <summary>What looking at the service works with.</summary>
/// <param name="Endpoints">Reads its addresses.</param>
/// <param name="Namespace">The service's namespace.</param>
/// <param name="Service">The controller's service.</param>
/// <param name="Metrics">Where the addresses are counted.</param>
/// <param name="Log">Where a person is told.</param>
public sealed record StandaloneCheckServices(ServiceEndpoints Endpoints, string Namespace, string Service, IDiscoveryObserver Metrics, ILogger<StandaloneCheckActor> Log);

/// <summary>
/// Looks now and then how many addresses are behind the service of a controller without a <c>cluster</c> section. A thin shell:
/// <see cref="StandaloneCheck"/> decides.
/// </summary>
public sealed class StandaloneCheckActor : UntypedActor, IWithTimers
{
    /// <summary>From the start to the first look: those that were there before are gone by then.</summary>
    public static readonly TimeSpan FirstCheckDelay = TimeSpan.FromSeconds(60);

    /// <summary>From the end of one look to the next.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly StandaloneCheckServices _services;
    private readonly CancellationTokenSource _stopped = new();
    private StandaloneCheck _check = StandaloneCheck.None;

    /// <summary>For <see cref="Props"/>.</summary>
    public StandaloneCheckActor(StandaloneCheckServices services) => _services = services;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How to make one.</summary>
    public static Props Props(StandaloneCheckServices services) => Akka.Actor.Props.Create(() => new StandaloneCheckActor(services));

    private sealed record Due;

    private sealed record Checked(int? Addresses, string Problem);

    private string Service => $"{_services.Namespace}/{_services.Service}";

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _services.Log.LogDebug("Alone; the Service {Service} is looked at in {Seconds} s", Service, FirstCheckDelay.TotalSeconds);
        CheckIn(FirstCheckDelay);
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
                CheckAsync(_stopped.Token).PipeTo(Self, failure: e => new Checked(null, e.GetType().Name));
                break;
            case Checked looked:
                Handle(looked);
                CheckIn(Interval);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void CheckIn(TimeSpan delay) => Timers.StartSingleTimer(typeof(Due), new Due(), delay);

    private void Handle(Checked looked)
    {
        (_check, var tell) = _check.Handle(looked.Addresses);
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

    private async Task<Checked> CheckAsync(CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Timeout);
        try
        {
            return new Checked(StandaloneCheck.Count(await _services.Endpoints.ReadAsync(_services.Namespace, _services.Service, "", deadline.Token).ConfigureAwait(false)), "");
        }
        catch (Exception e) when (e is ApiServerException or HttpRequestException or IOException or JsonException)
        {
            return new Checked(null, Causes.Of(e));
        }
        catch (OperationCanceledException)
        {
            return new Checked(null, $"no answer within {Timeout.TotalSeconds} s");
        }
    }
}
