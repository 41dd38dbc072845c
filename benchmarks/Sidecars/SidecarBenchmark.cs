using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using AkkaVault.Benchmarks.Weight;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Chaos;

namespace AkkaVault.Benchmarks.Sidecars;

/// <summary>What many sidecars cost: the ledger, deliveries that are due together, a change of leader and a list of all pods. First the same with few.</summary>
/// <param name="cluster">The installation.</param>
/// <param name="fleet">The sidecars.</param>
/// <param name="say">Receives progress messages.</param>
internal sealed class SidecarBenchmark(SandboxCluster cluster, SidecarFleet fleet, Action<string> say)
{
    private const int Few = 100;
    private const int CreatedAtOnce = 16;

    /// <summary>Pods are listed in the order of their names: a pod that is measured comes last.</summary>
    private const string LastInList = "zz";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PatienceForEach = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Seldom = TimeSpan.FromHours(8);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Observed = TimeSpan.FromSeconds(20);

    /// <summary>How far ahead the deliveries are that are due together: the first ones are to be over by then, and the leader observed.</summary>
    private static readonly TimeSpan AheadForEach = TimeSpan.FromMilliseconds(9);
    private static readonly TimeSpan AheadAtLeast = TimeSpan.FromSeconds(60);

    private readonly ControllerGroup _controllers = cluster.Controllers;
    private readonly ControllerEnds _ends = new(cluster.Controllers, say);
    private int _newPods;

    /// <summary>Runs the measurements.</summary>
    /// <param name="runs">How often the leader is killed, and pods are listed again, with few sidecars and with many.</param>
    /// <param name="many">How many sidecars.</param>
    /// <param name="cancellation">Ends the measurements.</param>
    /// <exception cref="InvalidOperationException">Something took far too long.</exception>
    public async Task<SidecarReport> RunAsync(int runs, int many, CancellationToken cancellation)
    {
        await LeaderAsync(cancellation).ConfigureAwait(false);
        var (_, takeoverOfFew) = await WithFewAsync("few", () => RepeatAsync(runs, "leader killed", LeaderKilledAsync, cancellation), cancellation).ConfigureAwait(false);
        var idleWithFew = await IdleAsync(cancellation).ConfigureAwait(false);
        var relistOfFew = await RepeatAsync(runs, "listed again", RelistAsync, cancellation).ConfigureAwait(false);

        var dueAt = DateTimeOffset.UtcNow + AheadAtLeast + (many * AheadForEach);
        var (sidecars, filling) = await FillAsync("sidecar", many, now => dueAt - now > Settling ? dueAt - now : Seldom, cancellation).ConfigureAwait(false);
        var idleWithMany = await IdleAsync(cancellation).ConfigureAwait(false);
        var redelivering = await RedeliverAsync(sidecars, dueAt, cancellation).ConfigureAwait(false);
        var pushes = Pushes();
        var before = _newPods;
        var relistOfMany = await RepeatAsync(runs, "listed again", RelistAsync, cancellation).ConfigureAwait(false);
        var pushedByRelists = Pushes() - pushes - (_newPods - before);
        var (_, takeoverOfMany) = await WithFewAsync("more", () => RepeatAsync(runs, "leader killed", LeaderKilledAsync, cancellation), cancellation).ConfigureAwait(false);
        return new SidecarReport(
            Few, many, runs, filling, [idleWithFew, idleWithMany], redelivering, Times.Of(takeoverOfFew), Times.Of(takeoverOfMany), Times.Of(relistOfFew), Times.Of(relistOfMany), pushedByRelists,
            fleet.Unasked, _ends.FalseDownings, _ends.Crashes);
    }

    /// <summary>Measures while a few more sidecars want a delivery every ten seconds. A leader that takes over has to find out at once where they are.</summary>
    private async Task<(IReadOnlyList<SimulatedSidecar> Few, T Measured)> WithFewAsync<T>(string name, Func<Task<T>> measureAsync, CancellationToken cancellation)
    {
        var (few, _) = await FillAsync(name, Few, _ => Often, cancellation).ConfigureAwait(false);
        var measured = await measureAsync().ConfigureAwait(false);
        foreach (var sidecar in few) sidecar.Next = _ => Seldom;
        var ended = DateTimeOffset.UtcNow;
        await AllAsync(few, sidecar => sidecar.Deliveries[^1] > ended, $"the deliveries of {name} have not come", Patience, cancellation).ConfigureAwait(false);
        return (few, measured);
    }

    private async Task<(IReadOnlyList<SimulatedSidecar> Sidecars, Filling Filling)> FillAsync(string name, int count, Func<DateTimeOffset, TimeSpan> next, CancellationToken cancellation)
    {
        var sidecars = new ConcurrentBag<SimulatedSidecar>();
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = CreatedAtOnce, CancellationToken = cancellation },
            async (i, token) => sidecars.Add(await fleet.RunAsync($"{name}-{i:D5}", next, token).ConfigureAwait(false))).ConfigureAwait(false);
        say($"{count} pods are created after {clock.Elapsed.TotalSeconds:F1} s, {sidecars.Count(sidecar => sidecar.Served.IsCompleted)} of them are served");
        await AllAsync(sidecars, sidecar => sidecar.Served.IsCompleted, $"not all of {name} are served", Patience + (count * PatienceForEach), cancellation).ConfigureAwait(false);
        var took = clock.Elapsed;
        var waits = new Percentiles(sidecars.Select(sidecar => sidecar.Deliveries[0] - sidecar.StartedAt));
        // What follows from the last deliveries is stored.
        var leader = await LeaderAsync(cancellation).ConfigureAwait(false);
        await Task.Delay(Settling, cancellation).ConfigureAwait(false);
        var filling = new Filling(
            count, Math.Round(took.TotalSeconds, 1), Math.Round(waits.Median.TotalSeconds, 2), Math.Round(waits.Worst.TotalSeconds, 2),
            (long)await _controllers[leader].MetricAsync("kubernetesvault_ledger_bytes", cancellation).ConfigureAwait(false),
            Encoding.UTF8.GetByteCount(cluster.ApiServer.Find("configmaps", ControllerService.Namespace, $"{ControllerService.Name}-ledger")!.ToJsonString()));
        say($"{filling}");
        return ([.. sidecars], filling);
    }

    private async Task<LeaderWeight> IdleAsync(CancellationToken cancellation)
    {
        var leader = await LeaderAsync(cancellation).ConfigureAwait(false);
        await Task.Delay(Settling, cancellation).ConfigureAwait(false);
        var (used, weight) = await UsedAsync(leader, () => Task.Delay(Observed, cancellation)).ConfigureAwait(false);
        var idle = new LeaderWeight(fleet.Count, used, weight.ResidentMegabytes);
        say($"{idle}");
        return idle;
    }

    private async Task<Redelivering> RedeliverAsync(IReadOnlyList<SimulatedSidecar> sidecars, DateTimeOffset dueAt, CancellationToken cancellation)
    {
        var unready = sidecars.Count(sidecar => sidecar.WantedAt != dueAt);
        if (unready > 0) say($"{unready} sidecars were served too late to be among those that are due together");
        var together = sidecars.Where(sidecar => (sidecar.WantedAt - dueAt).Duration() < TimeSpan.FromSeconds(1)).ToList();
        foreach (var sidecar in together) sidecar.Next = _ => Seldom;
        var dueFrom = together.Min(sidecar => sidecar.Deliveries[0] + ((dueAt - sidecar.Deliveries[0]) * 0.92));
        say($"{together.Count} deliveries will be due from {(dueFrom - DateTimeOffset.UtcNow).TotalSeconds:F0} s to {(dueAt - DateTimeOffset.UtcNow).TotalSeconds:F0} s from now on");
        var leader = await LeaderAsync(cancellation).ConfigureAwait(false);
        await UntilAsync(() => DateTimeOffset.UtcNow >= dueFrom, "", TimeSpan.MaxValue, cancellation).ConfigureAwait(false);
        var (used, _) = await UsedAsync(leader, () => AllAsync(
            together, sidecar => sidecar.Deliveries.Count > 1, "not all that were due were delivered", Patience + (together.Count * PatienceForEach), cancellation, fails: false)).ConfigureAwait(false);
        await Task.Delay(Settling, cancellation).ConfigureAwait(false);
        var times = together.SelectMany(sidecar => sidecar.Deliveries.Skip(1)).Order().ToList();
        var seconds = (times[^1] - times[0]).TotalSeconds;
        var redelivering = new Redelivering(
            times.Count, Math.Round((dueAt - dueFrom).TotalSeconds, 1), Math.Round(seconds, 1), Math.Round(times.Count / seconds, 1),
            times.CountBy(time => (long)(time - times[0]).TotalSeconds).Max(second => second.Value), Math.Round((times[^1] - dueAt).TotalSeconds, 1),
            together.Count(sidecar => sidecar.Deliveries.Count < 2), together.Count(sidecar => sidecar.Deliveries.Count > 2), used);
        say($"{redelivering}");
        return redelivering;
    }

    private async Task<TimeSpan> LeaderKilledAsync(CancellationToken cancellation)
    {
        var leader = await LeaderAsync(cancellation).ConfigureAwait(false);
        var killed = DateTimeOffset.UtcNow;
        _controllers[leader].Process.Kill();
        var pod = await ServeOneAsync(cancellation).ConfigureAwait(false);
        await _controllers.StartAsync(leader).ConfigureAwait(false);
        return pod.Deliveries[0] - killed;
    }

    /// <summary>The API server has compacted what the watch has reached: it answers 410, and all pods are listed.</summary>
    private async Task<TimeSpan> RelistAsync(CancellationToken cancellation)
    {
        await LeaderAsync(cancellation).ConfigureAwait(false);
        var (pages, ended) = (0, new TaskCompletionSource<DateTimeOffset>(TaskCreationOptions.RunContinuationsAsynchronously));
        cluster.ApiServer.Fault = request =>
        {
            if (request.Path != "/api/v1/pods") return null;
            if (request.Query["limit"] == "500") Interlocked.Increment(ref pages);
            else if (request.Query.ContainsKey("watch") && Volatile.Read(ref pages) > 0) ended.TrySetResult(DateTimeOffset.UtcNow);
            return null;
        };
        // The watch of pods has not reached the version of this change.
        await fleet.ChangeSomethingElseAsync(cancellation).ConfigureAwait(false);
        var begun = DateTimeOffset.UtcNow;
        cluster.ApiServer.Compact();
        cluster.ApiServer.DropWatches();
        await UntilAsync(() => ended.Task.IsCompleted, "the pods are not listed again", Patience, cancellation).ConfigureAwait(false);
        var took = await ended.Task.ConfigureAwait(false) - begun;
        cluster.ApiServer.Fault = _ => null;
        // What the watch tells after the list is handled after the list.
        await ServeOneAsync(cancellation).ConfigureAwait(false);
        return took;
    }

    private async Task<SimulatedSidecar> ServeOneAsync(CancellationToken cancellation)
    {
        var pod = await fleet.RunAsync($"{LastInList}-{++_newPods:D3}", _ => Seldom, cancellation).ConfigureAwait(false);
        await UntilAsync(() => pod.Served.IsCompleted, "a new pod is not served", Patience, cancellation).ConfigureAwait(false);
        return pod;
    }

    private async Task<IReadOnlyList<TimeSpan>> RepeatAsync(int runs, string what, Func<CancellationToken, Task<TimeSpan>> measureAsync, CancellationToken cancellation)
    {
        var times = new List<TimeSpan>();
        for (var n = 1; n <= runs; n++)
        {
            times.Add(await measureAsync(cancellation).ConfigureAwait(false));
            say($"{what}, run {n} with {fleet.Count} sidecars: {times[^1].TotalSeconds:F2} s");
        }

        return times;
    }

    private int Pushes() => fleet.All.Sum(sidecar => sidecar.Deliveries.Count + sidecar.Unasked);

    private async Task<(double Percent, ProcessWeight Weight)> UsedAsync(int controller, Func<Task> meanwhileAsync)
    {
        var (before, clock) = (ProcessWeight.Read(_controllers[controller].Process.Id), Stopwatch.StartNew());
        await meanwhileAsync().ConfigureAwait(false);
        var after = ProcessWeight.Read(_controllers[controller].Process.Id);
        return (Math.Round((after.Cpu - before.Cpu) / clock.Elapsed * 100, 1), after);
    }

    /// <summary>Waits until the cluster is at rest. A controller that ended by itself is counted and started again, as in a StatefulSet.</summary>
    private async Task<int> LeaderAsync(CancellationToken cancellation)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience)
        {
            await _ends.LookAsync(null).ConfigureAwait(false);
            if (await RestingCluster.LeaderNowAsync(_controllers, cancellation).ConfigureAwait(false) is { } leader) return leader;
            await Task.Delay(Poll, cancellation).ConfigureAwait(false);
        }

        throw new InvalidOperationException($"the controllers are not one cluster that is ready and at rest after {Patience.TotalSeconds} s");
    }

    /// <summary>Waits until a condition holds for each of many sidecars. It holds for good once it does.</summary>
    private Task AllAsync(
        IEnumerable<SimulatedSidecar> sidecars, Func<SimulatedSidecar, bool> condition, string not, TimeSpan patience, CancellationToken cancellation, bool fails = true)
    {
        var left = new Queue<SimulatedSidecar>(sidecars);
        return UntilAsync(
            () =>
            {
                while (left.TryPeek(out var next) && condition(next)) left.Dequeue();
                return left.Count == 0;
            },
            not, patience, cancellation, fails);
    }

    /// <param name="condition">What is waited for.</param>
    /// <param name="not">Its negation, for the message.</param>
    /// <param name="patience">How long.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="fails">Whether it is an error if it does not come; else that is said.</param>
    private async Task UntilAsync(Func<bool> condition, string not, TimeSpan patience, CancellationToken cancellation, bool fails = true)
    {
        for (var waited = Stopwatch.StartNew(); !condition(); await Task.Delay(Poll, cancellation).ConfigureAwait(false))
        {
            fleet.ThrowIfFailed();
            if (waited.Elapsed < patience) continue;
            say($"{not} after {patience.TotalSeconds:F0} s");
            if (!fails) return;
            foreach (var controller in _controllers.Running)
            {
                foreach (var line in controller.Process.Output.TakeLast(20)) say(line);
            }

            throw new InvalidOperationException($"{not} after {patience.TotalSeconds:F0} s");
        }
    }
}
