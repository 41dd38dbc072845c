using System.Globalization;
using System.Text.Json.Serialization;
using AkkaVault.Sandbox.Chaos;

namespace AkkaVault.Benchmarks.Outage;

/// <summary>A storm of pods in which something is away. Times are in seconds.</summary>
/// <param name="Of">What was away.</param>
/// <param name="Away">For how long.</param>
/// <param name="ServedMeanwhile">Pods that were served all the same.</param>
/// <param name="Undisturbed">The same storm before, undisturbed: from its begin until all pods were served.</param>
/// <param name="AfterReturn">From the return until all pods were served.</param>
/// <param name="Delivery">What became of the pods.</param>
internal sealed record OutageReport(FaultKind Of, double Away, int ServedMeanwhile, double Undisturbed, double AfterReturn, DeliveryAudit Delivery) : IVerdict
{
    private const double BarSeconds = 15;

    /// <summary>All served after its return, over the same storm undisturbed.</summary>
    public double Ratio => Math.Round(AfterReturn / Undisturbed, 2);

    /// <summary>Whether it is below the bar.</summary>
    public bool Reached => AfterReturn < BarSeconds;

    /// <summary>Whether nothing was lost or doubled; times decide nothing.</summary>
    public bool Ok => Delivery.Ok;

    /// <summary>For people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Of} for {Away:F0} s, {Delivery.Pods} pods: all served {AfterReturn:F1} s after its return (bar {BarSeconds:F0} s: {(Reached ? "reached" : "NOT reached")}), {Ratio:F1} times the same storm undisturbed ({Undisturbed:F1} s); {ServedMeanwhile} served meanwhile; {Delivery.Lost} lost, {Delivery.Doubled} doubled, {Delivery.LeftOver} with a wrapping token left to its TTL, {Delivery.ExpiredPushes} expired pushes");
}

/// <summary>Source-generated JSON of the report.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(OutageReport))]
internal sealed partial class OutageJson : JsonSerializerContext;
