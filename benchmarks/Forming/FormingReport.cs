using System.Globalization;
using System.Text.Json.Serialization;
using AkkaVault.Sandbox.Chaos;

namespace AkkaVault.Benchmarks.Forming;

/// <summary>A time that was measured several times, in seconds.</summary>
/// <param name="What">The name of the time.</param>
/// <param name="Bar">The upper limit of the worst.</param>
/// <param name="Seconds">The measured times.</param>
internal sealed record FormingTimes(string What, double Bar, IReadOnlyList<double> Seconds)
{
    /// <summary>The worst.</summary>
    public double Worst => Seconds.Max();

    /// <summary>Whether the worst is below the limit.</summary>
    public bool Reached => Worst < Bar;

    /// <summary>The time for people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{What}: median {Seconds.Order().ElementAt(Seconds.Count / 2):F2} s, worst {Worst:F2} s of {Seconds.Count} (bar {Bar:F0} s: {(Reached ? "reached" : "NOT reached")})");
}

/// <summary>The result of all measurements.</summary>
/// <param name="Times">The measured times.</param>
internal sealed record FormingReport(IReadOnlyList<FormingTimes> Times) : IVerdict
{
    /// <summary>True: the benchmark ends only if the controllers have formed one cluster each time. Times do not count.</summary>
    public bool Ok => true;

    /// <summary>The report for people.</summary>
    public override string ToString() => string.Join('\n', Times);
}

/// <summary>Source-generated JSON of the report.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FormingReport))]
internal sealed partial class FormingJson : JsonSerializerContext;
