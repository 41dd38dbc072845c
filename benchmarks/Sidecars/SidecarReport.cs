using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Chaos;

namespace AkkaVault.Benchmarks.Sidecars;

/// <summary>How many sidecars were served for the first time, and how fast. Times are in seconds.</summary>
/// <param name="Sidecars">How many.</param>
/// <param name="Seconds">From the first pod that was created until the last one was served.</param>
/// <param name="MedianWait">From running to served, the median.</param>
/// <param name="WorstWait">From running to served, the worst.</param>
/// <param name="LedgerBytes">The size of the ledger after that, as the leader's metric shows it.</param>
/// <param name="ConfigMapBytes">The size of its ConfigMap in JSON.</param>
internal sealed record Filling(int Sidecars, double Seconds, double MedianWait, double WorstWait, long LedgerBytes, long ConfigMapBytes);

/// <summary>The leader while no delivery is due.</summary>
/// <param name="Sidecars">How many sidecars there are.</param>
/// <param name="CpuPercent">Processor time, as a percentage of one core.</param>
/// <param name="ResidentMegabytes">Resident memory.</param>
internal sealed record LeaderWeight(int Sidecars, double CpuPercent, double ResidentMegabytes);

/// <summary>The deliveries of all sidecars, which are due together.</summary>
/// <param name="Deliveries">How many were taken.</param>
/// <param name="DueWithin">The seconds from the first time at which one was due to the last.</param>
/// <param name="Seconds">From the first delivery to the last.</param>
/// <param name="MeanInSecond">Deliveries in a second, the mean.</param>
/// <param name="MostInSecond">Deliveries in a second, the most.</param>
/// <param name="Late">The worst time from when a sidecar wanted its delivery to the delivery; below zero: before.</param>
/// <param name="Lost">Sidecars that got none.</param>
/// <param name="Doubled">Sidecars that got more than one.</param>
/// <param name="LeaderCpuPercent">The leader's processor time, as a percentage of one core.</param>
internal sealed record Redelivering(int Deliveries, double DueWithin, double Seconds, double MeanInSecond, int MostInSecond, double Late, int Lost, int Doubled, double LeaderCpuPercent);

/// <summary>Some times that were measured, in seconds.</summary>
/// <param name="Median">The median.</param>
/// <param name="Worst">The worst.</param>
internal sealed record Times(double Median, double Worst)
{
    public static Times Of(IEnumerable<TimeSpan> times)
    {
        var sorted = new Percentiles(times);
        return new Times(Math.Round(sorted.Median.TotalSeconds, 2), Math.Round(sorted.Worst.TotalSeconds, 2));
    }
}

/// <summary>What was measured with few sidecars and with many.</summary>
/// <param name="Few">The number of sidecars of the baseline; they want a delivery every ten seconds.</param>
/// <param name="Many">The number of sidecars beside them.</param>
/// <param name="Runs">How often the leader was killed, and pods were listed again, with few and with many.</param>
/// <param name="Filling">The first deliveries.</param>
/// <param name="Idle">The leader with few sidecars and with many, while none of them wants anything.</param>
/// <param name="Redelivering">The deliveries that are due together.</param>
/// <param name="TakeoverOfFew">From the leader's SIGKILL until a new pod is served, with few.</param>
/// <param name="TakeoverOfMany">The same with many.</param>
/// <param name="RelistOfFew">From the end of the watch, whose version is gone, until all pods are listed and the watch goes on, with few.</param>
/// <param name="RelistOfMany">The same with many.</param>
/// <param name="PushedByRelists">Pushes to sidecars by these lists.</param>
/// <param name="Unasked">Pushes to sidecars that did not ask for them, over the whole benchmark.</param>
/// <param name="FalseDownings">How many controllers the others downed without a reason.</param>
/// <param name="Crashes">How many controllers ended by themselves for another reason.</param>
internal sealed record SidecarReport(
    int Few, int Many, int Runs, Filling Filling, IReadOnlyList<LeaderWeight> Idle, Redelivering Redelivering, Times TakeoverOfFew, Times TakeoverOfMany, Times RelistOfFew, Times RelistOfMany,
    int PushedByRelists, int Unasked, int FalseDownings, int Crashes) : IVerdict
{
    private const double TakeoverBar = 2;

    /// <summary>By how much the worst takeover with many sidecars took longer than the worst with few.</summary>
    public double TakeoverCosts => Math.Round(TakeoverOfMany.Worst - TakeoverOfFew.Worst, 2);

    /// <summary>Whether that is within the limit.</summary>
    public bool Reached => TakeoverCosts <= TakeoverBar;

    /// <summary>Whether each sidecar got exactly what it asked for. Times do not count.</summary>
    public bool Ok => Redelivering is { Lost: 0, Doubled: 0 } && PushedByRelists == 0 && Unasked == 0;

    /// <summary>The report for people.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        text.AppendLine(culture, $"{Many} sidecars beside {Few}, {Runs} runs, three controllers on this machine");
        text.AppendLine(culture, $"first deliveries: all served after {Filling.Seconds:F0} s ({Filling.Sidecars / Filling.Seconds:F0}/s), waits {Filling.MedianWait:F2} s median, {Filling.WorstWait:F2} s worst");
        text.AppendLine(culture, $"ledger: {Filling.LedgerBytes} bytes, its ConfigMap {Filling.ConfigMapBytes} bytes");
        foreach (var idle in Idle) text.AppendLine(culture, $"leader with {idle.Sidecars} that want nothing: {idle.CpuPercent:F1} % of a core, {idle.ResidentMegabytes:F0} MB resident");
        text.AppendLine(culture, $"all due within {Redelivering.DueWithin:F0} s: {Redelivering.Deliveries} delivered in {Redelivering.Seconds:F0} s, {Redelivering.MeanInSecond:F0} in a second, {Redelivering.MostInSecond} at most ({Redelivering.MostInSecond / Redelivering.MeanInSecond:F1} times the mean), {Redelivering.Late:F0} s late at most; {Redelivering.Lost} lost, {Redelivering.Doubled} doubled; leader {Redelivering.LeaderCpuPercent:F0} % of a core");
        text.AppendLine(culture, $"leader SIGKILL, new pod served: {TakeoverOfMany.Median:F2} s median, {TakeoverOfMany.Worst:F2} s worst; with {Few}: {TakeoverOfFew.Median:F2} s, {TakeoverOfFew.Worst:F2} s; worst {TakeoverCosts:F2} s more (bar {TakeoverBar:F0} s: {(Reached ? "reached" : "NOT reached")})");
        text.AppendLine(culture, $"listed again after 410: {RelistOfMany.Median:F2} s median, {RelistOfMany.Worst:F2} s worst; with {Few}: {RelistOfFew.Median:F2} s, {RelistOfFew.Worst:F2} s; {PushedByRelists} pushes to who is served");
        return text.Append(culture, $"{Unasked} pushes that nobody asked for in all; {FalseDownings} false downings, {Crashes} crashes").ToString();
    }
}

/// <summary>Source-generated JSON of the report.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SidecarReport))]
internal sealed partial class SidecarJson : JsonSerializerContext;
