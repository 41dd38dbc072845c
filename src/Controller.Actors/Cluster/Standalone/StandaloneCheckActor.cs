using System.Text.Json;
using Akka.Actor;
using Akka.Hosting;
using AkkaVault.Controller.Cluster.Discovery;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Endpoints;
using AkkaVault.Shared.Http;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Standalone;

internal static class StandaloneCheckExtensions
{
    /// <summary>Forms a cluster of this node alone, and checks that no other controller is behind its Service.</summary>
    public static AkkaConfigurationBuilder WithStandaloneCheck(this AkkaConfigurationBuilder akka) => akka
        .AddStartup((system, _) => Akka.Cluster.Cluster.Get(system).Join(Akka.Cluster.Cluster.Get(system).SelfAddress))
        .WithActors((system, _, resolver) => system.ActorOf(resolver.Props<StandaloneCheckActor>(), "standalone-check"));
}

/// <summary>
/// Checks from time to time how many addresses are behind the Service of a controller without a <c>cluster</c> section.
/// <see cref="StandaloneCheck"/> decides.
/// </summary>
internal sealed class StandaloneCheckActor : ReceiveActor, IWithTimers
{
    /// <summary>From the start to the first check: the addresses of the controller before this one are gone by then.</summary>
    public static readonly TimeSpan FirstCheckDelay = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly ServiceEndpoints _endpoints;
    private readonly KubernetesSettings _kubernetes;
    private readonly IDiscoveryObserver _metrics;
    private readonly ILogger<StandaloneCheckActor> _log;
    private readonly CancellationTokenSource _stopped = new();
    private StandaloneCheck _check = StandaloneCheck.None;

    public StandaloneCheckActor(ApiServer api, KubernetesSettings kubernetes, IDiscoveryObserver metrics, ILogger<StandaloneCheckActor> log)
    {
        (_endpoints, _kubernetes, _metrics, _log) = (new ServiceEndpoints(api), kubernetes, metrics, log);
        Receive<Due>(_ => CheckAsync(_stopped.Token).PipeTo(Self, failure: e => new Checked(null, e.GetType().Name)));
        Receive<Checked>(result =>
        {
            Handle(result);
            CheckIn(Interval);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private sealed record Due;
    private sealed record Checked(int? Addresses, string Problem);

    private string Service => $"{_kubernetes.ServiceNamespace}/{_kubernetes.Service}";

    protected override void PreStart()
    {
        _log.LogDebug("This controller has no cluster section; its Service {Service} is checked in {Seconds} s", Service, FirstCheckDelay.TotalSeconds);
        CheckIn(FirstCheckDelay);
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private void CheckIn(TimeSpan delay) => Timers.StartSingleTimer(typeof(Due), new Due(), delay);

    private void Handle(Checked result)
    {
        (_check, var effects) = _check.Handle(result.Addresses);
        if (result.Addresses is not { } addresses)
        {
            // Debug only: a controller that is alone does not need the right to read the Service.
            _log.LogDebug("Checked the Service {Service}: {Problem}", Service, result.Problem);
            return;
        }

        // There is this controller even where there is no Service, or one that does not select it.
        _metrics.Discovered(Math.Max(1, addresses));
        _log.LogDebug("Checked the Service {Service}: {Addresses} addresses", Service, addresses);
        if (effects.Contains(StandaloneCheckEffect.Warn)) _log.NotAlone(addresses, Service);
    }

    private async Task<Checked> CheckAsync(CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Timeout);
        try
        {
            return new Checked(StandaloneCheck.Count(await _endpoints.ReadAsync(_kubernetes.ServiceNamespace, _kubernetes.Service, "", deadline.Token).ConfigureAwait(false)), "");
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
