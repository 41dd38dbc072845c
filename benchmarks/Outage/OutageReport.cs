using System.Globalization;
using System.Text.Json.Serialization;
using AkkaVault.Sandbox.Chaos;

namespace AkkaVault.Benchmarks.Outage;

/// <summary>The result for many pods of which some arrive while a server is away. Times are in seconds.</summary>
/// <param name="Of">The server that was away.</param>
/// <param name="Away">How long the server was away.</param>
/// <param name="ServedMeanwhile">How many pods were served in that time.</param>
/// <param name="Undisturbed">The time until all pods were served when the server was not away.</param>
/// <param name="AfterReturn">The time from the server's return until all pods were served.</param>
/// <param name="Delivery">The audit of the deliveries.</param>
internal sealed record OutageReport(FaultKind Of, double Away, int ServedMeanwhile, double Undisturbed, double AfterReturn, DeliveryAudit Delivery) : IVerdict
{
    private const double BarSeconds = 15;

    /// <summary>The time after the return, divided by the undisturbed time.</summary>
    public double Ratio => Math.Round(AfterReturn / Undisturbed, 2);

    /// <summary>Whether the time after the return is below the limit.</summary>
    public bool Reached => AfterReturn < BarSeconds;

    /// <summary>Whether no pod was left without a secret or got two. Times do not count.</summary>
    public bool Ok => Delivery.Ok;

    /// <summary>The report for people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Of} for {Away:F0} s, {Delivery.Pods} pods: all served {AfterReturn:F1} s after its return (bar {BarSeconds:F0} s: {(Reached ? "reached" : "NOT reached")}), {Ratio:F1} times the same storm undisturbed ({Undisturbed:F1} s); {ServedMeanwhile} served meanwhile; {Delivery.Lost} lost, {Delivery.Doubled} doubled, {Delivery.LeftOver} with a wrapping token left to its TTL, {Delivery.ExpiredPushes} expired pushes");
}

/// <summary>Source-generated JSON of the report.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(OutageReport))]
internal sealed partial class OutageJson : JsonSerializerContext;
