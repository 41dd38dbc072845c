using System.Globalization;
using System.Text.Json.Serialization;
using AkkaVault.Sandbox.Chaos;

namespace AkkaVault.Benchmarks.Forming;

/// <summary>How long something took, each time, in seconds.</summary>
/// <param name="What">What.</param>
/// <param name="Bar">Below which the worst is to be.</param>
/// <param name="Seconds">Each time.</param>
internal sealed record FormingTimes(string What, double Bar, IReadOnlyList<double> Seconds)
{
    /// <summary>The worst.</summary>
    public double Worst => Seconds.Max();

    /// <summary>Whether it is below the bar.</summary>
    public bool Reached => Worst < Bar;

    /// <summary>For people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{What}: median {Seconds.Order().ElementAt(Seconds.Count / 2):F2} s, worst {Worst:F2} s of {Seconds.Count} (bar {Bar:F0} s: {(Reached ? "reached" : "NOT reached")})");
}

/// <summary>Controllers that come into one cluster, always.</summary>
/// <param name="Times">How long it took.</param>
internal sealed record FormingReport(IReadOnlyList<FormingTimes> Times) : IVerdict
{
    /// <summary>One cluster came of it each time, or it would not have ended; times decide nothing.</summary>
    public bool Ok => true;

    /// <summary>For people.</summary>
    public override string ToString() => string.Join('\n', Times);
}

/// <summary>Source-generated JSON of the report.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FormingReport))]
internal sealed partial class FormingJson : JsonSerializerContext;
