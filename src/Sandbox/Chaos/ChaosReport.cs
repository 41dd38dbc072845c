using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using AkkaVault.Sandbox.Kubernetes;

namespace AkkaVault.Sandbox.Chaos;

/// <summary>How controllers behaved under faults. Times are in seconds.</summary>
/// <param name="Plan">How long pods arrived, and how many a second.</param>
/// <param name="Delivery">What became of the pods.</param>
/// <param name="UndisturbedP50">The median time from running to served, before the first fault.</param>
/// <param name="P50">The median time from running to served, of all pods.</param>
/// <param name="P99">The 99th percentile of the same times.</param>
/// <param name="Worst">The longest of the same times.</param>
/// <param name="Faults">The faults, by kind.</param>
/// <param name="FalseDownings">Controllers that the others downed although they lived and were not suspended.</param>
/// <param name="HeldDownings">Controllers that the others downed after a pause of two seconds or more that no fault caused.</param>
/// <param name="Crashes">Controllers that ended by themselves for another reason.</param>
public sealed record ChaosReport(
    ChaosSpan Plan, DeliveryAudit Delivery, double UndisturbedP50, double P50, double P99, double Worst, IReadOnlyList<FaultSummary> Faults, int FalseDownings, int HeldDownings, int Crashes) : IVerdict
{
    /// <summary>What the applications beside the sidecars found; null: there were no sidecars.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SidecarAudit? Sidecars { get; init; }

    /// <summary>Whether no delivery was lost or doubled, and no application was without a live token.</summary>
    public bool Ok => Delivery.Ok && Sidecars is null or { Ok: true };

    internal static ChaosReport Of(ChaosPlan plan, DeliveryAudit audit, IReadOnlyList<Disturbance> disturbances, IReadOnlyCollection<SimulatedPod> pods, ControllerEnds ends)
    {
        static TimeSpan Latency(SimulatedPod pod) => pod.ServedAt!.Value - pod.StartedAt!.Value;
        var served = pods.Where(pod => pod is { ServedAt: not null, StartedAt: not null }).ToList();
        var first = disturbances.Count == 0 ? DateTimeOffset.MaxValue : disturbances[0].Fault.At;
        var all = new Percentiles(served.Select(Latency));
        return new ChaosReport(
            new ChaosSpan(plan.Duration.TotalSeconds, plan.Rate, plan.Seed), audit,
            Seconds(new Percentiles(served.Where(pod => pod.ServedAt < first).Select(Latency)).Median), Seconds(all.Median), Seconds(all.At(0.99)), Seconds(all.Worst),
            [.. disturbances.GroupBy(disturbance => disturbance.Fault.ToString()).OrderBy(group => group.Key, StringComparer.Ordinal).Select(FaultSummary.Of)],
            ends.FalseDownings, ends.HeldDownings, ends.Crashes);
    }

    internal static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);

    /// <summary>The report as text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        text.AppendLine(culture, $"{Plan.Seconds:F0} s at {Plan.Rate} pods/s (seed {Plan.Seed}): {Delivery.Pods} pods, {Delivery.Lost} lost, {Delivery.Doubled} runs with two credentials, {Delivery.LeftOver} with a wrapping token left to its TTL, {Delivery.ExpiredPushes} expired pushes, {Delivery.UnknownPushes} of unknown tokens");
        text.AppendLine(culture, $"from running to served: p50 {P50:F3} s (undisturbed {UndisturbedP50:F3} s), p99 {P99:F3} s, worst {Worst:F3} s; {FalseDownings} false downings, {HeldDownings} after a pause that no fault caused, {Crashes} crashes");
        if (Sidecars is not null) text.AppendLine(Sidecars.ToString());
        text.Append(culture, $"{"fault",-18}{"times",6}{"without service",22}{"longest wait",20}{"whole again",20}");
        foreach (var fault in Faults)
            text.AppendLine().Append(culture, $"{fault.Fault,-18}{fault.Times,6}{$"{fault.WithoutService.P50:F2} / {fault.WithoutService.Worst:F2} s",22}{$"{fault.LongestWait.P50:F2} / {fault.LongestWait.Worst:F2} s",20}{$"{fault.Whole.P50:F2} / {fault.Whole.Worst:F2} s",20}");
        return text.AppendLine().Append("(p50 / worst)").ToString();
    }
}

/// <summary>How long pods arrived, in seconds, and how many a second.</summary>
public sealed record ChaosSpan(double Seconds, double Rate, int Seed);

/// <summary>The median and the worst of some times, in seconds.</summary>
public sealed record Times(double P50, double Worst)
{
    internal static Times Of(IEnumerable<TimeSpan> times)
    {
        var sorted = new Percentiles(times);
        return new Times(ChaosReport.Seconds(sorted.Median), ChaosReport.Seconds(sorted.Worst));
    }
}

/// <summary>The effects of all faults of one kind.</summary>
/// <param name="Fault">The kind.</param>
/// <param name="Times">The number of faults.</param>
/// <param name="WithoutService">The longest time after each fault in which pods waited and none was served.</param>
/// <param name="LongestWait">The longest wait of a pod because of each fault.</param>
/// <param name="Whole">The time from each fault until all controllers were in one cluster again.</param>
public sealed record FaultSummary(string Fault, int Times, Times WithoutService, Times LongestWait, Times Whole)
{
    internal static FaultSummary Of(IGrouping<string, Disturbance> kind) => new(
        kind.Key, kind.Count(), Chaos.Times.Of(kind.Select(one => one.WithoutService)), Chaos.Times.Of(kind.Select(one => one.LongestWait)),
        Chaos.Times.Of(kind.Where(one => one.Fault.Whole is not null).Select(one => one.Fault.Whole!.Value - one.Fault.At)));
}

/// <summary>Source-generated JSON serialization of the report.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ChaosReport))]
public sealed partial class ChaosJson : JsonSerializerContext;
