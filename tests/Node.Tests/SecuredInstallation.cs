using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Certificates;

namespace AkkaVault.Node.Tests;

/// <summary>
/// The overlay <c>secured</c> as docs/operations.md and docs/vault.md install it, command by command: Vault over TLS, controllers that log in with their service
/// account, mutual TLS between them, a certificate for the metrics port. It has a folder of its own beside a checkout, as an operator has.
/// </summary>
internal sealed class SecuredInstallation(KubernetesNode node) : IDisposable
{
    /// <summary>The namespace of the applications, one of those that the overlay's expression matches.</summary>
    public const string Applications = "team-blue";

    private const string VaultName = "vault.vault.svc";
    private const string VaultOutside = "172.31.255.2";
    private static readonly TimeSpan s_probe = TimeSpan.FromSeconds(30);
    private readonly string _folder = Directory.CreateTempSubdirectory("akkavault-secured-").FullName;
    private readonly string _rootToken = $"root-{Guid.NewGuid()}";

    /// <summary>Installs Vault, then the controllers, and then an application.</summary>
    public async Task InstallAsync()
    {
        Directory.CreateSymbolicLink(Path.Combine(_folder, "akkavault"), KubernetesNode.Root);
        // Commands of docs/vault.md name files of a checkout.
        Directory.CreateDirectory(FileOf(""));
        Directory.CreateSymbolicLink(FileOf("k8s"), Path.Combine(KubernetesNode.Root, "k8s"));
        await node.RemoveNamespacesAsync(ControllerPods.Namespace, "vault");
        await node.ShellAsync("k8s/teardown.sh");
        await VaultAsync();
        await ControllersAsync();
        await ApplicationAsync();
    }

    /// <summary>The tokens in the application's pods. Vault knows each of them.</summary>
    public async Task<IReadOnlyList<string>> TokensAsync()
    {
        var tokens = (await PodsAsync()).Select(pod => ContainerProcess.Of(pod, "app").Token).ToList();
        foreach (var token in tokens) await OperatorAsync($"VAULT_TOKEN={token} vault read auth/token/lookup-self");
        return tokens;
    }

    /// <summary>Replaces the application's pods.</summary>
    public async Task RestartApplicationAsync()
    {
        await OperatorAsync($"""
            kubectl -n {Applications} rollout restart deployment/sample-app
            kubectl -n {Applications} rollout status deployment/sample-app --timeout=2m
            """);
        await Eventually.TrueAsync(PodsAsync, pods => pods.Count == 5, "the earlier pods are gone");
    }

    /// <summary>Uninstalls the controllers as the documentation says.</summary>
    public Task UninstallAsync() => OperatorAsync("kubectl delete -k .");

    /// <summary>Removes what the documentation does not: it is not this project's.</summary>
    public Task RemoveApplicationAndVaultAsync() => node.RemoveNamespacesAsync(Applications, "vault");

    /// <summary>Removes whatever is left of it.</summary>
    public static async Task RemoveAsync(KubernetesNode node)
    {
        await node.RemoveNamespacesAsync(ControllerPods.Namespace, Applications, "vault");
        await node.KubectlAsync("delete", "clusterrole,clusterrolebinding", "--ignore-not-found", "kubernetes-vault", "vault-token-review");
    }

    /// <summary>Runs commands of an operator in the folder of the kustomization, who may administer Vault.</summary>
    public Task<string> OperatorAsync(string commands) => node.ShellAsync($"""
        . tests/EndToEnd.Tests/assets/node/vault-cli.sh
        cd {FileOf("")}
        export VAULT_ADDR=https://{VaultOutside}:30820 VAULT_TOKEN={_rootToken} VAULT_CACERT=ca.crt
        {commands}
        """);

    /// <summary>A file of the operator.</summary>
    public string FileOf(string name) => Path.Combine(_folder, "mine", name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<IReadOnlyList<JsonNode>> PodsAsync() => node.ListAsync(Applications, "pods");

    private async Task VaultAsync()
    {
        using var ca = new TestCa("Vault's CA");
        using var certificate = ca.Issue(VaultName, VaultOutside);
        await File.WriteAllTextAsync(FileOf("ca.crt"), ca.Pem);
        await File.WriteAllTextAsync(FileOf("vault.crt"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(FileOf("vault.key"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await OperatorAsync($"""
            kubectl create namespace vault
            kubectl -n vault create secret generic vault-root-token --from-literal=token={_rootToken}
            kubectl -n vault create secret tls vault-tls --cert=vault.crt --key=vault.key
            kubectl apply --server-side -f {KubernetesNode.Root}/tests/Node.Tests/assets/vault.yaml
            kubectl -n vault rollout status deployment/vault --timeout=2m
            """);
        // The node learns of a pod that is ready a moment later. Until then its port takes connections, and is silent.
        await Eventually.TrueAsync(
            () => node.TryAsync(s_probe, "curl", "-sS", "--noproxy", "*", "--max-time", "5", "--cacert", FileOf("ca.crt"), $"https://{VaultOutside}:30820/v1/sys/health"), answer => answer.Exit == 0, "Vault answers");
        foreach (var section in (string[])["1. AppRole", "2. The controller's policy", "Vault's Kubernetes auth method", "5. Certificates from Vault's PKI"])
        {
            foreach (var block in await DocumentedBlocks.OfAsync("vault.md", section, "sh")) await OperatorAsync(block);
        }
    }

    private async Task ControllersAsync()
    {
        const string section = "Production install";
        // The images are in the registry that the documentation names, as far as this node knows.
        await node.EnterAsync("ctr", "-n", "k8s.io", "images", "tag", "--force", "docker.io/library/akkavault-controller:0.1.0", "registry.example.org/team/akkavault-controller:0.1.0");
        await File.WriteAllTextAsync(FileOf("kustomization.yaml"), string.Concat((await DocumentedBlocks.OfAsync("operations.md", section, "yaml")).Concat(await DocumentedBlocks.OfAsync("operations.md", section, "yml"))));
        var configuration = await File.ReadAllTextAsync(FileOf("k8s/overlays/secured/kubernetes-vault.yml"));
        var changed = configuration
            .Replace("https://vault.example.org:8200", $"https://{VaultName}:8200", StringComparison.Ordinal)
            .Replace("  tokenFile: /var/run/secrets/vault/token\n", "  auth:\n    kubernetes:\n      role: kubernetes-vault\n", StringComparison.Ordinal);
        await File.WriteAllTextAsync(FileOf("kubernetes-vault.yml"), changed);
        await OperatorAsync("kubectl apply -k .");
        await OperatorAsync("kubectl -n kubernetes-vault create configmap vault-ca --from-file=ca.crt");
        await node.ControllersAreReadyAsync();
    }

    private async Task ApplicationAsync()
    {
        Directory.CreateDirectory(FileOf("application"));
        await File.WriteAllTextAsync(FileOf("application/kustomization.yaml"), $"resources: [../../akkavault/k8s/sample-app]\nnamespace: {Applications}\n");
        await OperatorAsync($"""
            kubectl create namespace {Applications}
            kubectl -n {Applications} create configmap sample-app --from-literal=vault-addr=https://{VaultName}:8200 --from-literal=role-id=$(vault read -field=role_id auth/approle/role/sample-app/role-id)
            kubectl apply -k application
            kubectl -n {Applications} rollout status deployment/sample-app --timeout=2m
            """);
    }
}
