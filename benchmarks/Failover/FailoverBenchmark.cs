using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Chaos;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Network;
using AkkaVault.Sandbox.Vault;

namespace AkkaVault.Benchmarks.Failover;

/// <summary>How long pods wait after a controller was killed, stopped, suspended or cut off. The cluster is whole before each measurement.</summary>
/// <param name="cluster">The installation.</param>
/// <param name="rate">How many pods arrive in a second while the leader stops.</param>
/// <param name="say">Receives progress messages.</param>
internal sealed class FailoverBenchmark(SandboxCluster cluster, double rate, Action<string> say)
{
    private const int PodsAlone = 5;
    private const int PodsInHand = 12;
    private const double RateWhileCut = 5;
    private const int LinesToShow = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Every wait should be shorter than this. After this time the program says what it waits for.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Undisturbed = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan AfterStop = TimeSpan.FromSeconds(2);

    /// <summary>How long Vault delays its answers, so that a controller that is killed has pending runs.</summary>
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(3);

    private readonly ControllerGroup _controllers = cluster.Controllers;
    private readonly ControllerEnds _ends = new(cluster.Controllers, say);
    private int _pods;

    /// <summary>Runs the measurements.</summary>
    /// <param name="runs">How often to measure.</param>
    /// <param name="cancellation">Ends the measurements.</param>
    public async Task<FailoverReport> RunAsync(int runs, CancellationToken cancellation)
    {
        var measured = new List<FailoverRun>();
        // The first pod is served by cold processes.
        await AloneAsync(cancellation).ConfigureAwait(false);
        for (var n = 1; n <= runs; n++)
        {
            var run = new FailoverRun(
                await AloneAsync(cancellation).ConfigureAwait(false), await LeaderKilledAsync(cancellation).ConfigureAwait(false),
                await OtherKilledAsync(cancellation).ConfigureAwait(false), await LeaderStoppedAsync(cancellation).ConfigureAwait(false),
                await LeaderHeldAsync(cancellation).ConfigureAwait(false), _controllers.CanBeCut ? await LeaderPartitionedAsync(cancellation).ConfigureAwait(false) : null);
            measured.Add(run);
            say($"run {n}: alone {run.Undisturbed.TotalSeconds:F2}, leader killed {run.LeaderKilled.TotalSeconds:F2}, another killed {run.OtherKilled.TotalSeconds:F2}, "
                + $"leader stopped {run.Stopping.Latest.TotalSeconds:F2} (before {run.Stopping.UndisturbedLatest.TotalSeconds:F2}), leader held {run.LeaderHeld.TotalSeconds:F2}"
                + (run.Partition is { } partition ? $", partitioned {partition.Served.TotalSeconds:F2}, ended {partition.Ended.TotalSeconds:F2}, healed {partition.Whole.TotalSeconds:F2}" : ""));
        }

        return FailoverReport.Of(measured, rate, DeliveryAudit.Of(cluster.Pods, cluster.Vault).Doubled, _ends);
    }

    private async Task<TimeSpan> AloneAsync(CancellationToken cancellation)
    {
        var leader = await LeaderAsync(cancellation).ConfigureAwait(false);
        say($"{_controllers.AddressOf(leader)} leads");
        var times = new List<TimeSpan>();
        for (var i = 0; i < PodsAlone; i++)
        {
            var pod = await RunPodAsync().ConfigureAwait(false);
            await ServedAsync([pod], cancellation).ConfigureAwait(false);
            times.Add(Latency(pod));
        }

        return new Percentiles(times).Median;
    }

    private async Task<TimeSpan> LeaderKilledAsync(CancellationToken cancellation)
    {
        var leader = await LeaderAsync(cancellation).ConfigureAwait(false);
        var killed = DateTimeOffset.UtcNow;
        _controllers[leader].Process.Kill();
        var pod = await RunPodAsync().ConfigureAwait(false);
        await ServedAsync([pod], cancellation).ConfigureAwait(false);
        await _controllers.StartAsync(leader).ConfigureAwait(false);
        return pod.ServedAt!.Value - killed;
    }

    private async Task<TimeSpan> OtherKilledAsync(CancellationToken cancellation)
    {
        // A controller that has just restarted gets its shards only after a while. If this one has no pods, the other one is tried.
        for (var after = 1; ; after = _controllers.Count - after)
        {
            if (await OtherKilledWithPodsAsync(after, cancellation).ConfigureAwait(false) is { } time) return time;
            say("the one that was killed had no pods in hand: once more");
        }
    }

    /// <param name="after">The controller to kill, counted from the leader.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    /// <returns>The time until the last of the controller's pods was served; null if the controller had no pods.</returns>
    private async Task<TimeSpan?> OtherKilledWithPodsAsync(int after, CancellationToken cancellation)
    {
        var other = (await LeaderAsync(cancellation).ConfigureAwait(false) + after) % _controllers.Count;
        var (asked, askedAgain, dead) = (0, 0, false);
        cluster.Vault.Fault = request =>
        {
            if (!request.Path.EndsWith("/secret-id", StringComparison.Ordinal)) return null;
            if (Volatile.Read(ref dead))
            {
                Interlocked.Increment(ref askedAgain);
                return null;
            }

            Interlocked.Increment(ref asked);
            return VaultFault.Slow(Held);
        };
        var pods = await Task.WhenAll(Enumerable.Range(0, PodsInHand).Select(_ => RunPodAsync())).ConfigureAwait(false);
        await WithinAsync(
            "Vault was not asked for all pods",
            async token =>
            {
                while (Volatile.Read(ref asked) < PodsInHand) await Task.Delay(5, token).ConfigureAwait(false);
            },
            cancellation).ConfigureAwait(false);
        var killed = DateTimeOffset.UtcNow;
        _controllers[other].Process.Kill();
        Volatile.Write(ref dead, true);
        await ServedAsync(pods, cancellation).ConfigureAwait(false);
        cluster.Vault.Fault = null;
        await _controllers.StartAsync(other).ConfigureAwait(false);
        // Pods of the other controllers are served when Vault's delayed answers arrive. Pods of the killed one are served before: the request for them is repeated without the delay.
        return askedAgain == 0 ? null : pods.Select(pod => pod.ServedAt!.Value).Order().ElementAt(Math.Min(askedAgain, PodsInHand) - 1) - killed;
    }

    private async Task<Stopping> LeaderStoppedAsync(CancellationToken cancellation)
    {
        var leader = await LeaderAsync(cancellation).ConfigureAwait(false);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var arriving = new PodArrivals(cluster, rate).RunAsync(enough.Token, cancellation);
        await Task.Delay(Undisturbed, cancellation).ConfigureAwait(false);
        var stopped = DateTimeOffset.UtcNow;
        await _controllers[leader].StopAsync().ConfigureAwait(false);
        await Task.Delay(AfterStop, cancellation).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        var pods = await arriving.ConfigureAwait(false);
        await ServedAsync(pods, cancellation).ConfigureAwait(false);
        await _controllers.StartAsync(leader).ConfigureAwait(false);
        // Undelivered wrapping tokens are revoked after the pod was served.
        await Task.Delay(TimeSpan.FromSeconds(1), cancellation).ConfigureAwait(false);
        return new Stopping(
            new Percentiles(pods.Where(pod => pod.ServedAt < stopped).Select(Latency)).Worst, new Percentiles(pods.Where(pod => pod.ServedAt >= stopped).Select(Latency)).Worst,
            DeliveryAudit.Of(pods, cluster.Vault));
    }

    private async Task<TimeSpan> LeaderHeldAsync(CancellationToken cancellation)
    {
        var leader = await LeaderAsync(cancellation).ConfigureAwait(false);
        var process = _controllers[leader].Process;
        var held = DateTimeOffset.UtcNow;
        process.Suspend();
        SimulatedPod pod;
        try
        {
            pod = await RunPodAsync().ConfigureAwait(false);
            await ServedAsync([pod], cancellation).ConfigureAwait(false);
        }
        finally
        {
            process.Resume();
        }

        // The other controllers have downed the old leader, so its process ends.
        await WithinAsync("the held one has not ended", async token => await process.ExitAsync(token).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        await _controllers.StartAsync(leader).ConfigureAwait(false);
        return pod.ServedAt!.Value - held;
    }

    /// <summary>Cuts the leader off. The old leader ends, and restarts while it is still cut off, as in a StatefulSet.</summary>
    private async Task<Partition> LeaderPartitionedAsync(CancellationToken cancellation)
    {
        var leader = await LeaderAsync(cancellation).ConfigureAwait(false);
        var cut = DateTimeOffset.UtcNow;
        await _controllers.CutAsync(leader, NetworkCut.Controllers, cancellation).ConfigureAwait(false);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var arriving = new PodArrivals(cluster, RateWhileCut).RunAsync(enough.Token, cancellation);
        await WithinAsync("the one that was cut off has not ended", async token => await _controllers[leader].Process.ExitAsync(token).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        var ended = DateTimeOffset.UtcNow;
        await ServedAsync([await RunPodAsync().ConfigureAwait(false)], cancellation).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        var pods = await arriving.ConfigureAwait(false);
        await ServedAsync(pods, cancellation).ConfigureAwait(false);
        await _controllers.StartAsync(leader).ConfigureAwait(false);
        var healed = DateTimeOffset.UtcNow;
        await _controllers.HealAsync(leader, cancellation).ConfigureAwait(false);
        await WithinAsync("the healed controllers are not one cluster", _controllers.WholeAsync, cancellation).ConfigureAwait(false);
        // The old leader may still serve some pods before it ends. Those pods do not count for the majority.
        var others = cluster.Vault.Audit.Where(entry => entry.RemoteAddress.ToString() != _controllers.AddressOf(leader)).Select(entry => entry.Metadata.GetValueOrDefault("uid")).ToHashSet();
        return new Partition(pods.Where(pod => others.Contains(pod.Uid)).Min(pod => pod.ServedAt!.Value) - cut, ended - cut, DateTimeOffset.UtcNow - healed);
    }

    /// <summary>Waits until the cluster is whole and no shard has to move. A controller that ended by itself is counted and restarted, as in a StatefulSet.</summary>
    private async Task<int> LeaderAsync(CancellationToken cancellation)
    {
        var leads = 0;
        await WithinAsync(
            "the controllers are not one cluster that is ready and at rest",
            async token =>
            {
                for (; ; await Task.Delay(50, token).ConfigureAwait(false))
                {
                    await _ends.LookAsync(null).ConfigureAwait(false);
                    if (await RestingCluster.LeaderNowAsync(_controllers, token).ConfigureAwait(false) is not { } leader) continue;
                    leads = leader;
                    return;
                }
            },
            cancellation).ConfigureAwait(false);
        return leads;
    }

    private Task ServedAsync(IReadOnlyCollection<SimulatedPod> pods, CancellationToken cancellation) => WithinAsync(
        "not all pods are served",
        token => Task.WhenAll(pods.Select(pod => pod.Running)).WaitAsync(token),
        cancellation,
        () => pods.Where(pod => pod.ServedAt is null).Select(pod => $"{pod.Plan.Name} ({pod.Uid}, {pod.Plan.Ip}) is not served: {string.Join(" | ", pod.Output.Concat(pod.Process?.Output ?? []))}"));

    /// <summary>Waits for a condition. Says so if that takes long, and fails if it takes too long.</summary>
    /// <param name="not">The negation of the condition, for messages.</param>
    /// <param name="waitAsync">Waits for the condition.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="details">Further messages.</param>
    /// <exception cref="InvalidOperationException">The condition was not met in time.</exception>
    private async Task WithinAsync(string not, Func<CancellationToken, Task> waitAsync, CancellationToken cancellation, Func<IEnumerable<string>>? details = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        var waiting = waitAsync(deadline.Token);
        if (await Task.WhenAny(waiting, Task.Delay(Slow, cancellation)).ConfigureAwait(false) != waiting) await ShowAsync();
        try
        {
            await waiting.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await ShowAsync();
            throw new InvalidOperationException($"{not} after {Patience.TotalSeconds} s");
        }

        // The state is shown now, because the controllers end with this program.
        async Task ShowAsync()
        {
            say($"{not} after {Slow.TotalSeconds} s or more");
            foreach (var line in details?.Invoke() ?? []) say(line);
            for (var index = 0; index < _controllers.Count; index++)
            {
                say($"{_controllers.AddressOf(index)} sees {await _controllers.MembersSeenByAsync(index, cancellation).ConfigureAwait(false)}, and said last:");
                foreach (var line in _controllers[index].Process.Output.TakeLast(LinesToShow)) say(line);
            }
        }
    }

    private Task<SimulatedPod> RunPodAsync() => cluster.RunPodAsync(cluster.Plan($"pod-{Interlocked.Increment(ref _pods)}"));

    private static TimeSpan Latency(SimulatedPod pod) => pod.ServedAt!.Value - pod.StartedAt!.Value;
}
