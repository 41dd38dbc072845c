using System.Globalization;
using System.Text.Json.Nodes;

namespace AkkaVault.Benchmarks.Pushes;

/// <summary>The status that a kubelet reports of a pod with one init container.</summary>
internal static class KubeletReport
{
    /// <summary>A report.</summary>
    /// <param name="ip">The pod's address.</param>
    /// <param name="phase">The pod's phase.</param>
    /// <param name="container">The name of the init container.</param>
    /// <param name="containerId">The id of its run.</param>
    /// <param name="state">Its state.</param>
    /// <param name="restarts">How often it was started again.</param>
    public static JsonObject Of(string ip, string phase, string container, string containerId, JsonObject state, int restarts = 0) => new()
    {
        ["phase"] = phase,
        ["podIP"] = ip,
        ["podIPs"] = new JsonArray(new JsonObject { ["ip"] = ip }),
        ["initContainerStatuses"] = new JsonArray(new JsonObject
        {
            ["name"] = container,
            ["state"] = state,
            ["lastState"] = new JsonObject(),
            ["ready"] = phase == "Running",
            ["started"] = phase == "Running",
            ["restartCount"] = restarts,
            ["image"] = "akkavault-init",
            ["imageID"] = "akkavault-init",
            ["containerID"] = containerId,
        }),
    };

    /// <summary>The state of a container that runs.</summary>
    /// <param name="since">When it started.</param>
    public static JsonObject Running(DateTimeOffset since) => new() { ["running"] = new JsonObject { ["startedAt"] = Time(since) } };

    /// <summary>The state of a container that has ended with success.</summary>
    /// <param name="since">When it started.</param>
    /// <param name="until">When it ended.</param>
    public static JsonObject Completed(DateTimeOffset since, DateTimeOffset until) =>
        new() { ["terminated"] = new JsonObject { ["exitCode"] = 0, ["reason"] = "Completed", ["startedAt"] = Time(since), ["finishedAt"] = Time(until) } };

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
