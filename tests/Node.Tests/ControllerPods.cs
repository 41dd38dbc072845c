using System.Text.Json.Nodes;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.Node.Tests;

/// <summary>The controllers' pods, and what their management ports say, through the API server.</summary>
internal sealed class ControllerPods(KubernetesNode node)
{
    public const string Namespace = "kubernetes-vault";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public Task<IReadOnlyList<JsonNode>> ListAsync() => node.ListAsync(Namespace, "pods", "-l", "app.kubernetes.io/name=kubernetes-vault");

    /// <summary>The name of the leader's pod, as the first controller that answers says.</summary>
    public async Task<string> LeaderAsync()
    {
        var leader = await FindLeaderAsync();
        Assert.NotNull(leader);
        return leader;
    }

    /// <summary>The same; null: none answers, or the leader has no pod any more.</summary>
    public async Task<string?> FindLeaderAsync()
    {
        var pods = await ListAsync();
        foreach (var pod in pods)
        {
            if ((string?)(await MembersAsync(pod))?["oldest"] is not { } leader) continue;
            var address = new Uri(leader).Host;
            if (pods.SingleOrDefault(candidate => (string?)candidate["status"]!["podIP"] == address) is { } found) return (string)found["metadata"]!["name"]!;
        }

        return null;
    }

    /// <summary>Waits until each controller says that exactly the controllers' pods are in the cluster, and that it reaches all of them.</summary>
    public Task AreOneClusterAsync() => Eventually.TrueAsync(async () =>
    {
        var pods = await ListAsync();
        var addresses = pods.Select(pod => (string?)pod["status"]!["podIP"]).Order(StringComparer.Ordinal).ToList();
        var answers = await Task.WhenAll(pods.Select(MembersAsync));
        return pods.Count == 3 && answers.All(answer => answer is not null && answer["unreachable"]!.AsArray().Count == 0
            && answer["members"]!.AsArray().Where(member => (string?)member!["status"] == "Up").Select(member => new Uri((string)member!["node"]!).Host).Order(StringComparer.Ordinal).SequenceEqual(addresses));
    }, "the three controllers are one cluster");

    /// <summary>A pod's first address, or none yet.</summary>
    public static string AddressOf(JsonNode pod) => (string?)pod["status"]!["podIP"] ?? "";

    private async Task<JsonNode?> MembersAsync(JsonNode pod)
    {
        var path = $"/api/v1/namespaces/{Namespace}/pods/{pod["metadata"]!["name"]}:8558/proxy/cluster/members";
        var answer = await node.TryAsync(s_patience, "kubectl", "get", "--raw", path, "--request-timeout=2s");
        return answer.Exit == 0 ? JsonNode.Parse(answer.Out) : null;
    }
}
