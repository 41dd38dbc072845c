using AkkaVault.Sandbox.Kubernetes;

namespace AkkaVault.Sandbox.Chaos;

/// <summary>What a fault meant for pods.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="WithoutService">The longest time after it in which pods waited and none was served.</param>
/// <param name="LongestWait">The longest that a pod waited from it on, or from its own start.</param>
public sealed record Disturbance(Fault Fault, TimeSpan WithoutService, TimeSpan LongestWait)
{
    /// <summary>One for each fault; each counts until the next.</summary>
    /// <param name="faults">The faults, in order.</param>
    /// <param name="pods">The pods.</param>
    public static IReadOnlyList<Disturbance> Of(IReadOnlyList<Fault> faults, IEnumerable<SimulatedPod> pods) =>
        Of(faults, pods.Where(pod => pod is { StartedAt: not null, ServedAt: not null }).Select(pod => (pod.StartedAt!.Value, pod.ServedAt!.Value)));

    /// <summary>One for each fault; each counts until the next.</summary>
    /// <param name="faults">The faults, in order.</param>
    /// <param name="pods">When each pod that was served began to wait, and when it was served.</param>
    public static IReadOnlyList<Disturbance> Of(IReadOnlyList<Fault> faults, IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> pods)
    {
        var served = pods.OrderBy(pod => pod.End).ToList();
        // The first start among those served at or after each.
        var waitingSince = new DateTimeOffset[served.Count];
        for (var i = served.Count - 1; i >= 0; i--)
            waitingSince[i] = i + 1 < served.Count && waitingSince[i + 1] < served[i].Start ? waitingSince[i + 1] : served[i].Start;
        return [.. faults.Select((fault, n) =>
        {
            var until = n + 1 < faults.Count ? faults[n + 1].At : DateTimeOffset.MaxValue;
            var (gap, wait, last) = (TimeSpan.Zero, TimeSpan.Zero, fault.At);
            for (var i = 0; i < served.Count; i++)
            {
                var (start, end) = served[i];
                if (end < fault.At) continue;
                // What a pod waited after the next fault is the next one's.
                var counted = end < until ? end : until;
                if (start < until) wait = Longer(wait, counted - Later(start, fault.At));
                if (last < until && waitingSince[i] < until) gap = Longer(gap, counted - Later(waitingSince[i], last));
                last = counted;
            }

            return new Disturbance(fault, gap, wait);
        })];
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
