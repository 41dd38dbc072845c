using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Chaos;

namespace AkkaVault.Benchmarks.Failover;

/// <summary>The result of all runs. Times are in seconds.</summary>
/// <param name="Runs">How often each time was measured.</param>
/// <param name="Rate">How many pods arrived in a second when the leader got SIGTERM.</param>
/// <param name="Measures">The measured times.</param>
/// <param name="Stopped">The audit of the pods that arrived when the leader got SIGTERM.</param>
/// <param name="Doubled">How many runs of init containers got two secrets, over the whole benchmark.</param>
/// <param name="FalseDownings">How many controllers the others downed without a reason.</param>
/// <param name="Crashes">How many controllers ended by themselves for another reason.</param>
internal sealed record FailoverReport(int Runs, double Rate, IReadOnlyList<Measure> Measures, DeliveryAudit Stopped, int Doubled, int FalseDownings, int Crashes) : IVerdict
{
    /// <summary>Whether no pod was left without a secret or got two. Times do not count.</summary>
    public bool Ok => Stopped.Lost == 0 && Doubled == 0;

    public static FailoverReport Of(IReadOnlyList<FailoverRun> runs, double rate, int doubled, ControllerEnds ends)
    {
        var alone = new Percentiles(runs.Select(run => run.Undisturbed)).Median;
        var arriving = new Percentiles(runs.Select(run => run.Stopping.UndisturbedLatest)).Median;
        return new FailoverReport(runs.Count, rate,
        [
            Measure.Of("a pod alone, undisturbed", runs.Select(run => run.Undisturbed), alone, null, null),
            Measure.Of("leader SIGKILL, next pod served", runs.Select(run => run.LeaderKilled), alone, 1.2, 2.5),
            Measure.Of("another SIGKILL, last of its pods served", runs.Select(run => run.OtherKilled), alone, null, 1.5),
            Measure.Of($"latest pod at {rate.ToString(CultureInfo.InvariantCulture)}/s, undisturbed", runs.Select(run => run.Stopping.UndisturbedLatest), arriving, null, null),
            Measure.Of("leader SIGTERM, latest pod", runs.Select(run => run.Stopping.Latest), arriving, null, 1),
            Measure.Of("leader SIGSTOP, next pod served", runs.Select(run => run.LeaderHeld), alone, null, 8),
            .. Partitions(runs, alone),
        ],
        runs.Select(run => run.Stopping.Delivery).Aggregate((a, b) => new DeliveryAudit(
            a.Pods + b.Pods, a.Lost + b.Lost, a.Doubled + b.Doubled, a.LeftOver + b.LeftOver, a.ExpiredPushes + b.ExpiredPushes, a.UnknownPushes + b.UnknownPushes, a.Restarts + b.Restarts)),
        doubled, ends.FalseDownings, ends.Crashes);
    }

    private static IEnumerable<Measure> Partitions(IEnumerable<FailoverRun> runs, TimeSpan alone)
    {
        var partitions = runs.Select(run => run.Partition).OfType<Partition>().ToList();
        if (partitions.Count == 0) return [];
        return
        [
            Measure.Of("leader partitioned, majority serves a pod", partitions.Select(partition => partition.Served), alone, null, 8),
            Measure.Of("leader partitioned, it has ended", partitions.Select(partition => partition.Ended), alone, null, null),
            Measure.Of("healed and started again, one cluster", partitions.Select(partition => partition.Whole), alone, null, null),
        ];
    }

    /// <summary>The report for people.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        text.AppendLine(culture, $"{Runs} runs, three controllers on this machine; seconds").Append(culture, $"{"",-44}{"median",8}{"worst",8}{"times the undisturbed",23}  bar");
        foreach (var measure in Measures)
            text.AppendLine().Append(culture, $"{measure.What,-44}{measure.Median,8:F2}{measure.Worst,8:F2}{measure.Ratio,23:F1}  {measure.Bar}");
        return text.AppendLine().Append(culture, $"SIGTERM: {Stopped.Pods} pods, {Stopped.Lost} lost, {Stopped.Doubled} doubled, {Stopped.LeftOver} with a wrapping token left to its TTL; {Doubled} doubled in all; {FalseDownings} false downings, {Crashes} crashes").ToString();
    }
}

/// <summary>A time that was measured in each run, in seconds.</summary>
/// <param name="What">The name of the time.</param>
/// <param name="Median">The median over the runs.</param>
/// <param name="Worst">The worst of the runs.</param>
/// <param name="Ratio">The median, divided by the median of the undisturbed time in the same runs; null: no pod was served undisturbed.</param>
/// <param name="MedianBar">The upper limit of the median.</param>
/// <param name="WorstBar">The upper limit of the worst.</param>
internal sealed record Measure(string What, double Median, double Worst, double? Ratio, double? MedianBar, double? WorstBar)
{
    /// <summary>Whether the median and the worst are below their limits.</summary>
    public bool Reached => !(Median >= MedianBar) && !(Worst >= WorstBar);

    /// <summary>The limits, and whether they were met, for people.</summary>
    [JsonIgnore]
    public string Bar => (MedianBar, WorstBar) switch
    {
        (null, null) => "",
        (null, { } worst) => string.Create(CultureInfo.InvariantCulture, $"worst < {worst}: {Verdict}"),
        ({ } median, var worst) => string.Create(CultureInfo.InvariantCulture, $"median < {median}, worst < {worst}: {Verdict}"),
    };

    private string Verdict => Reached ? "reached" : "NOT reached";

    public static Measure Of(string what, IEnumerable<TimeSpan> times, TimeSpan undisturbed, double? medianBar, double? worstBar)
    {
        var sorted = new Percentiles(times);
        return new Measure(what, Math.Round(sorted.Median.TotalSeconds, 3), Math.Round(sorted.Worst.TotalSeconds, 3), undisturbed > TimeSpan.Zero ? Math.Round(sorted.Median / undisturbed, 2) : null, medianBar, worstBar);
    }
}

/// <summary>Source-generated JSON of the report.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FailoverReport))]
internal sealed partial class FailoverJson : JsonSerializerContext;
