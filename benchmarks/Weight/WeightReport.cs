using System.Text.Json.Serialization;
using AkkaVault.Sandbox.Chaos;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>What AkkaVault needs. A part that was not measured is null.</summary>
/// <param name="Servers">The API server and the Vault.</param>
/// <param name="Installations">One controller alone, and one of three.</param>
/// <param name="Backlog">Pods that waited when the only controller started.</param>
/// <param name="AtOnce">Pods that began to wait at once, with three controllers.</param>
/// <param name="OtherPods">Many pods that are not ours.</param>
/// <param name="InitContainer">The start of an init container.</param>
internal sealed record WeightReport(
    string Servers, IReadOnlyList<InstallationWeight> Installations, Backlog? Backlog, Backlog? AtOnce, OtherPodsWeight? OtherPods, InitContainerStart? InitContainer) : IVerdict
{
    /// <summary>Whether no pod was pushed to that had not asked for it. Each was served, or there would be no report. How much was needed decides nothing.</summary>
    public bool Ok => (Backlog?.Unasked ?? 0) == 0 && (AtOnce?.Unasked ?? 0) == 0;

    /// <summary>The lines of the table.</summary>
    public IReadOnlyList<WeightRow> Rows =>
    [
        .. Installations.SelectMany(OfInstallation),
        .. Backlog is null ? [] : OfBacklog(Backlog, "waiting when one controller starts", 0.6, 3),
        .. AtOnce is null ? [] : OfBacklog(AtOnce, $"at once, {AtOnce.Controllers} controllers, ledger in the ConfigMap", 0.4, null),
        .. OtherPods is null ? [] : OfOtherPods(OtherPods),
        .. InitContainer is null ? [] : new WeightRow[] { new("init container: exec → first TLS handshake", InitContainer.Milliseconds, "ms", 20), new("init container: memory, RSS", InitContainer.ResidentMegabytes, "MiB", 16) },
    ];

    /// <summary>For people.</summary>
    public override string ToString()
    {
        var rows = Rows;
        var (what, measured, bar) = (rows.Max(row => row.What.Length), rows.Max(row => row.MeasuredText.Length), rows.Max(row => row.BarText.Length));
        return string.Join('\n', [
            $"{Servers}; {(Ok ? "each pod was pushed to once" : "PODS WERE PUSHED TO AGAIN")}",
            .. rows.Select(row => $"{row.What.PadRight(what)}  {row.MeasuredText.PadLeft(measured)}  {row.BarText.PadRight(bar)}  {row.ReachedText}".TrimEnd()),
        ]);
    }

    private static IEnumerable<WeightRow> OfInstallation(InstallationWeight weight)
    {
        var isAlone = weight.Controllers == 1;
        var which = isAlone ? "one controller alone" : $"one of {weight.Controllers}";
        yield return new($"{which}: idle CPU", weight.IdlePercent, "% of a core", isAlone ? 1 : 2);
        yield return new($"{(isAlone ? which : $"{weight.Controllers} together")}: exec → ready", weight.ReadySeconds, "s", isAlone ? 1.5 : 6);
        yield return new($"{which}: CPU until ready", weight.StartCpuSeconds, "s", isAlone ? 2 : null);
        yield return new($"{which}: idle memory, RSS", weight.ResidentMegabytes, "MB", 130);
        yield return new($"{which}: idle memory, anonymous", weight.AnonymousMegabytes, "MB", 60);
    }

    private static IEnumerable<WeightRow> OfBacklog(Backlog backlog, string how, double ratio, double? cpu)
    {
        var which = $"{backlog.Pods} pods {how}";
        yield return new($"{which}: CPU of controllers for each pod", backlog.Served.CpuMilliseconds, "ms", cpu);
        yield return new($"{which}: CPU of the bare client for each pod", backlog.BareClient.CpuMilliseconds, "ms");
        yield return new($"{which}: until the last is served", backlog.Seconds, "s");
        yield return new($"{which}: rate", backlog.Served.Rate, "/s");
        yield return new($"{which}: rate of the bare client", backlog.BareClient.Rate, "/s");
        yield return new($"{which}: rate beside the bare client's", backlog.Ratio, "", ratio, IsLeast: true);
    }

    private static IEnumerable<WeightRow> OfOtherPods(OtherPodsWeight others)
    {
        var which = $"{others.Pods} other pods";
        if (others.ListSeconds is { } list) yield return new($"{which}: first list", list, "s", 8);
        yield return new($"{which}: exec → ready, beside without them", Difference(others.With.ReadySeconds, others.Without.ReadySeconds), "s more");
        yield return new($"{which}: idle memory, RSS, beside without them", Difference(others.With.ResidentMegabytes, others.Without.ResidentMegabytes), "MB more", 25);
        yield return new($"{which}: idle memory, anonymous, beside without them", Difference(others.With.AnonymousMegabytes, others.Without.AnonymousMegabytes), "MB more");
        yield return new($"{which}: idle CPU, one controller alone", others.With.IdlePercent, "% of a core", 1);
        yield return new($"{which}: leader SIGKILL → pod served", others.TakeOverSeconds, "s");
        if (others.PagesAtTakeOver is { } pages) yield return new($"{which}: pages listed until then", pages, "", 0);
    }

    private static double Difference(double with, double without) => Math.Round(with - without, 2);
}

/// <summary>Source-generated JSON of the report.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WeightReport))]
internal sealed partial class WeightJson : JsonSerializerContext;
