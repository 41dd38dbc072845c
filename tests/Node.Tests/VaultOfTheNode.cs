using System.Text.Json.Nodes;

namespace AkkaVault.Node.Tests;

/// <summary>The quick start's Vault, as its operator sees it.</summary>
internal sealed class VaultOfTheNode(KubernetesNode node)
{
    /// <summary>How many tokens live.</summary>
    public async Task<int> TokensAsync() => (await AskAsync("LIST", "auth/token/accessors"))["data"]!["keys"]!.AsArray().Count;

    /// <summary>Asks with the root token. Its Service is reached from within the node.</summary>
    public async Task<JsonNode> AskAsync(string method, string path)
    {
        var token = await node.KubectlAsync("-n", "vault", "get", "secret", "vault-root-token", "-o", "go-template={{.data.token | base64decode}}");
        var address = await node.KubectlAsync("-n", "vault", "get", "service", "vault", "-o", "jsonpath={.spec.clusterIP}");
        return JsonNode.Parse(await node.EnterAsync("curl", "-sS", "--fail", "--max-time", "30", "-X", method, "-H", $"X-Vault-Token: {token}", $"http://{address}:8200/v1/{path}"))!;
    }
}
