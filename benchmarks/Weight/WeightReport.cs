using System.Globalization;
using System.Text.Json.Serialization;
using AkkaVault.Sandbox.Chaos;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>What the heaviest of some controllers needs.</summary>
/// <param name="Controllers">How many there are.</param>
/// <param name="ReadySeconds">From exec until all are ready, and one cluster.</param>
/// <param name="StartCpuSeconds">Processor time until then.</param>
/// <param name="IdlePercent">Processor time with nothing to do, as a percentage of one core.</param>
/// <param name="ResidentMegabytes">Resident memory with nothing to do.</param>
/// <param name="AnonymousMegabytes">The part of it that is backed by no file.</param>
internal sealed record InstallationWeight(int Controllers, double ReadySeconds, double StartCpuSeconds, double IdlePercent, double ResidentMegabytes, double AnonymousMegabytes)
{
    /// <summary>For people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(Controllers == 1 ? "alone" : $"one of {Controllers}")}: exec → ready {ReadySeconds:F2} s; CPU until then {StartCpuSeconds:F2} s; idle {IdlePercent:F2} % of a core; memory {ResidentMegabytes:F0} MB resident, {AnonymousMegabytes:F0} MB anonymous");
}

/// <summary>What controllers need to start, and while they have nothing to do.</summary>
/// <param name="Installations">Alone, and in a cluster.</param>
internal sealed record WeightReport(IReadOnlyList<InstallationWeight> Installations) : IVerdict
{
    /// <summary>All of them started, or there would be no report; how much they need decides nothing.</summary>
    public bool Ok => true;

    /// <summary>For people.</summary>
    public override string ToString() => string.Join('\n', Installations);
}

/// <summary>Source-generated JSON of the report.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WeightReport))]
internal sealed partial class WeightJson : JsonSerializerContext;
