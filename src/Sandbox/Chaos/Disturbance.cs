using AkkaVault.Sandbox.Kubernetes;

namespace AkkaVault.Sandbox.Chaos;

/// <summary>The effect of a fault on pods.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="WithoutService">The longest time after the fault in which pods waited and none was served.</param>
/// <param name="LongestWait">The longest wait of a pod, counted from the fault or, if later, from the pod's start.</param>
public sealed record Disturbance(Fault Fault, TimeSpan WithoutService, TimeSpan LongestWait)
{
    /// <summary>One result for each fault. The period of a fault ends with the next fault.</summary>
    /// <param name="faults">The faults, in order.</param>
    /// <param name="pods">The pods.</param>
    public static IReadOnlyList<Disturbance> Of(IReadOnlyList<Fault> faults, IEnumerable<SimulatedPod> pods) =>
        Of(faults, pods.Where(pod => pod is { StartedAt: not null, ServedAt: not null }).Select(pod => (pod.StartedAt!.Value, pod.ServedAt!.Value)));

    /// <summary>One result for each fault. The period of a fault ends with the next fault.</summary>
    /// <param name="faults">The faults, in order.</param>
    /// <param name="pods">For each pod that was served: when the pod began to wait, and when it was served.</param>
    public static IReadOnlyList<Disturbance> Of(IReadOnlyList<Fault> faults, IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> pods)
    {
        var served = pods.OrderBy(pod => pod.End).ToList();
        // For each pod: the earliest start among the pods that were served at the same time or later.
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
                // The wait after the next fault counts for the next fault.
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
