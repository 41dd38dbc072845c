using System.Text.Json.Nodes;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>Creates and changes pods of one namespace, with any API server.</summary>
/// <param name="api">A client of the API server.</param>
/// <param name="ns">The namespace.</param>
internal sealed class ApiObjects(HttpClient api, string ns)
{
    // No scheduler has this name, so the pods stay where they are, on no node.
    private const string Scheduler = "akkavault-weight";

    /// <summary>How many requests are sent at once.</summary>
    public const int AtOnce = 16;

    /// <summary>Creates a pod that no scheduler takes.</summary>
    /// <param name="metadata">Its metadata.</param>
    /// <param name="spec">Its specification.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task CreatePodAsync(JsonObject metadata, JsonObject spec, CancellationToken cancellation)
    {
        spec["schedulerName"] = Scheduler;
        spec["automountServiceAccountToken"] = false;
        return api.SendAsync(HttpMethod.Post, $"api/v1/namespaces/{ns}/pods", new JsonObject { ["metadata"] = metadata, ["spec"] = spec }, cancellation);
    }

    /// <summary>Reports the status of a pod, as a kubelet does.</summary>
    public Task ReportAsync(string pod, JsonObject status, CancellationToken cancellation) =>
        api.SendAsync(HttpMethod.Patch, $"api/v1/namespaces/{ns}/pods/{pod}/status", new JsonObject { ["status"] = status }, cancellation);
}
