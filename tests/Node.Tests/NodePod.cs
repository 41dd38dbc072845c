using System.Text.Json.Nodes;

namespace AkkaVault.Node.Tests;

/// <summary>A pod in the namespace <c>default</c> that a test has created. Is deleted when it is disposed.</summary>
public sealed class NodePod(KubernetesNode node, string name) : IAsyncDisposable
{
    public string Name => name;

    /// <summary>What the API server has of it.</summary>
    public Task<JsonNode> GetAsync() => node.GetAsync("default", "pod", name);

    public async ValueTask DisposeAsync() => await node.KubectlAsync("-n", "default", "delete", "pod", name, "--grace-period=1", "--ignore-not-found");
}
