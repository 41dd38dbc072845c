using System.Globalization;
using System.Text.RegularExpressions;

namespace AkkaVault.EndToEnd.Tests.Monitoring;

/// <summary>The content of a scrape.</summary>
/// <param name="Types">The type of each family.</param>
/// <param name="Samples">The samples.</param>
internal sealed partial record Exposition(IReadOnlyDictionary<string, string> Types, IReadOnlyList<Sample> Samples)
{
    /// <summary>Parses Prometheus' text format.</summary>
    public static Exposition Parse(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var types = lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')).ToDictionary(words => words[2], words => words[3]);
        return new Exposition(types, [.. lines.Where(line => line[0] != '#').Select(line => SampleOf(line, types))]);
    }

    /// <summary>The sum of a metric over all its labels.</summary>
    public double Sum(string name) => Samples.Where(sample => sample.Name == name).Sum(sample => sample.Value);

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', Samples.Where(sample => sample.Value != 0).Select(sample => $"{sample.Name} {string.Join(',', sample.Labels.Values)} {sample.Value}"));

    private static Sample SampleOf(string line, Dictionary<string, string> types)
    {
        var match = Line().Match(line);
        Assert.True(match.Success, $"not a sample: {line}");
        var name = match.Groups["name"].Value;
        var family = types.ContainsKey(name) ? name : Part().Replace(name, "");
        var labels = Label().Matches(match.Groups["labels"].Value).ToDictionary(label => label.Groups[1].Value, label => label.Groups[2].Value);
        if (types[family] == "histogram") labels.Remove("le");
        return new Sample(name, family, labels, double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"^(?<name>\w+)(\{(?<labels>.*)\})? (?<value>\S+)$")]
    private static partial Regex Line();

    [GeneratedRegex("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Label();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Part();
}

/// <summary>One sample.</summary>
/// <param name="Name">The sample's name.</param>
/// <param name="Family">The metric of the sample.</param>
/// <param name="Labels">The labels, without a histogram's <c>le</c>.</param>
/// <param name="Value">The value.</param>
internal sealed record Sample(string Name, string Family, IReadOnlyDictionary<string, string> Labels, double Value);
