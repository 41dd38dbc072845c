using System.Text.RegularExpressions;

namespace AkkaVault.EndToEnd.Tests.Monitoring;

/// <summary>A metric as <c>docs/metrics.md</c> documents it.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Type">The metric's type.</param>
/// <param name="Labels">The labels and the values of each; no values: any value.</param>
internal sealed partial record DocumentedMetric(string Name, string Type, IReadOnlyDictionary<string, IReadOnlyList<string>> Labels)
{
    /// <summary>All documented metrics, by name.</summary>
    public static IReadOnlyDictionary<string, DocumentedMetric> All { get; } =
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "docs", "metrics.md"))
            .Select(line => Row().Match(line)).Where(row => row.Success)
            .Select(row => new DocumentedMetric(row.Groups["name"].Value, row.Groups["type"].Value, LabelsOf(row.Groups["labels"].Value)))
            .ToDictionary(metric => metric.Name);

    /// <summary>Those of controllers.</summary>
    public static IReadOnlyList<DocumentedMetric> OfControllers { get; } = [.. All.Values.Where(metric => metric.Name.StartsWith("kubernetesvault_", StringComparison.Ordinal))];

    /// <summary>Those of sidecars.</summary>
    public static IReadOnlyList<DocumentedMetric> OfSidecars { get; } = [.. All.Values.Except(OfControllers)];

    private static Dictionary<string, IReadOnlyList<string>> LabelsOf(string cell) => cell.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(label => Code().Matches(label).Select(word => word.Groups[1].Value).ToList())
        .ToDictionary(words => words[0], words => (IReadOnlyList<string>)words[1..]);

    [GeneratedRegex(@"^\| `(?<name>(?:kubernetesvault|akkavault_sidecar)_\w+)` \| (?<type>\w+) \|(?<labels>[^|]*)\|")]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
