using System.Globalization;
using System.Text.Json.Serialization;
using AkkaVault.Sandbox.Chaos;

namespace AkkaVault.Sandbox;

/// <summary>
/// The result of a run. A latency begins when the pod's status says that the init
/// container runs, and ends when the init container exits with its token file written.
/// </summary>
internal sealed record SandboxSummary(
    [property: JsonPropertyName("pods")] int Pods,
    [property: JsonPropertyName("delivered")] int Delivered,
    [property: JsonPropertyName("liveTokens")] int LiveTokens,
    [property: JsonPropertyName("restarts")] int Restarts,
    [property: JsonPropertyName("retries")] long Retries,
    [property: JsonPropertyName("p50Milliseconds")] double P50,
    [property: JsonPropertyName("p95Milliseconds")] double P95,
    [property: JsonPropertyName("p99Milliseconds")] double P99,
    [property: JsonPropertyName("seconds")] double Seconds)
{
    /// <summary>How the controllers behaved under faults; null when there were no faults.</summary>
    [JsonPropertyName("chaos")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChaosReport? Chaos { get; init; }

    /// <summary>What the applications beside the sidecars found; null when there were no sidecars, or when the report on the faults has the result.</summary>
    [JsonPropertyName("sidecars")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SidecarAudit? Sidecars { get; init; }

    /// <summary>Whether every pod has a live token, and the results for faults and sidecars pass.</summary>
    [JsonPropertyName("ok")]
    public bool Ok => Delivered == Pods && LiveTokens == Pods && Chaos is null or { Ok: true } && Sidecars is null or { Ok: true };

    /// <summary>The summary as text.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Delivered} of {Pods} pods served, {LiveTokens} live tokens, in {Seconds:F1} s; from running to served: p50 {P50:F0} ms, p95 {P95:F0} ms, p99 {P99:F0} ms; {Retries} pushes tried again, {Restarts} init containers restarted")
        + (Sidecars is null ? "" : Environment.NewLine + Sidecars) + (Chaos is null ? "" : Environment.NewLine + Chaos);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SandboxSummary))]
internal sealed partial class SandboxJson : JsonSerializerContext;
