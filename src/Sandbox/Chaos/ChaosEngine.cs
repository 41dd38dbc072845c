using AkkaVault.Sandbox.Kubernetes;

namespace AkkaVault.Sandbox.Chaos;

/// <summary>Injects faults into an installation while pods arrive.</summary>
/// <param name="cluster">The installation. All its controllers are started.</param>
/// <param name="plan">Which faults come, and when.</param>
/// <param name="say">Receives a message for each fault.</param>
public sealed class ChaosEngine(SandboxCluster cluster, ChaosPlan plan, Action<string> say)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly IReadOnlyList<FaultKind> _kinds = plan.Kinds ?? ChaosPlan.To(cluster.Controllers);
    private readonly Random _random = new(plan.Seed);
    private readonly ControllerEnds _ends = new(cluster.Controllers, say);
    private readonly List<Fault> _faults = [];
    private readonly Queue<FaultKind> _next = [];

    /// <summary>Runs until the plan is over and every pod is served, or until <see cref="ChaosPlan.Patience"/> is over.</summary>
    public async Task<ChaosReport> RunAsync(CancellationToken cancellation)
    {
        await cluster.Controllers.WholeAsync(cancellation).ConfigureAwait(false);
        var sidecars = new SidecarPods(cluster);
        await sidecars.StartAsync(plan.Sidecars, cancellation).ConfigureAwait(false);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var observing = sidecars.ObserveAsync(ended.Token);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        enough.CancelAfter(plan.Duration);
        var arriving = new PodArrivals(cluster, plan.Rate).RunAsync(enough.Token, cancellation);
        try
        {
            await DisturbAsync(enough.Token, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await enough.CancelAsync().ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(arriving, observing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        var pods = await arriving.ConfigureAwait(false);
        await ServedAsync(pods, cancellation).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        return ChaosReport.Of(plan, DeliveryAudit.Of(pods, cluster.Vault), Disturbance.Of(_faults, pods), pods, _ends) with { Sidecars = await observing.ConfigureAwait(false) };
    }

    private async Task DisturbAsync(CancellationToken enough, CancellationToken cancellation)
    {
        while (_kinds.Count > 0 && await CalmAsync(enough, cancellation).ConfigureAwait(false)) await DisturbOnceAsync(cancellation).ConfigureAwait(false);
        if (_kinds.Count > 0) return;
        while (!enough.IsCancellationRequested) await LookAsync(null, cancellation).ConfigureAwait(false);
    }

    /// <summary>Waits until the next fault is due; false: no more faults come.</summary>
    private async Task<bool> CalmAsync(CancellationToken enough, CancellationToken cancellation)
    {
        // The first fault comes sooner, but after some pods were served without a fault.
        var due = _faults.Count == 0 ? DateTimeOffset.UtcNow + (plan.Interval / 3) : _faults[^1].At + plan.Interval;
        while (DateTimeOffset.UtcNow < due && !enough.IsCancellationRequested) await LookAsync(null, cancellation).ConfigureAwait(false);
        return !enough.IsCancellationRequested;
    }

    private async Task DisturbOnceAsync(CancellationToken cancellation)
    {
        var kind = NextKind();
        int? victim = kind is FaultKind.ApiServerAway or FaultKind.VaultAway ? null : _random.Next(cluster.Controllers.Count);
        var leads = victim is not null && await cluster.Controllers.LeaderAsync(cancellation).ConfigureAwait(false) == victim;
        var shards = await cluster.Controllers.ShardsAsync(cancellation).ConfigureAwait(false);
        var fault = new Fault(kind, victim, leads, DateTimeOffset.UtcNow, null);
        say(victim is null ? $"{fault}; {shards}" : $"{fault} ({cluster.Controllers.AddressOf(victim.Value)}); {shards}");
        _faults.Add(fault);
        var doing = new ControllerFaults(cluster, _random, plan.Away).DoAsync(kind, victim ?? 0, cancellation);
        while (!doing.IsCompleted) await LookAsync(victim, cancellation).ConfigureAwait(false);
        await doing.ConfigureAwait(false);
        while (await cluster.Controllers.WholeNowAsync(cancellation).ConfigureAwait(false) is false)
        {
            await LookAsync(victim, cancellation).ConfigureAwait(false);
            // The victim was suspended for so long that the others took it out of the cluster.
            if (victim is { } held && cluster.Controllers[held].Process.HasExited) await cluster.Controllers.StartAsync(held).ConfigureAwait(false);
        }

        _faults[^1] = fault with { Whole = DateTimeOffset.UtcNow };
    }

    /// <summary>The kinds in random order. Each kind comes once before any kind comes again.</summary>
    private FaultKind NextKind()
    {
        if (_next.Count == 0)
        {
            var kinds = _kinds.ToArray();
            _random.Shuffle(kinds);
            foreach (var kind in kinds) _next.Enqueue(kind);
        }

        return _next.Dequeue();
    }

    private async Task LookAsync(int? but, CancellationToken cancellation)
    {
        await _ends.LookAsync(but).ConfigureAwait(false);
        await Task.Delay(Look, cancellation).ConfigureAwait(false);
    }

    private async Task ServedAsync(IReadOnlyCollection<SimulatedPod> pods, CancellationToken cancellation)
    {
        var serving = Task.WhenAll(pods.Select(pod => pod.Running));
        await Task.WhenAny(serving, Task.Delay(plan.Patience, cancellation)).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        // The controller revokes undelivered tokens after the pod has its secret.
        await Task.Delay(TimeSpan.FromSeconds(2), cancellation).ConfigureAwait(false);
    }
}
