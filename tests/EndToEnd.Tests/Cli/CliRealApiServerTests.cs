using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Kubernetes;

namespace AkkaVault.EndToEnd.Tests.Cli;

/// <summary><c>check</c> and <c>explain</c> against a real kube-apiserver.</summary>
public sealed class CliRealApiServerTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-cli-").FullName;
    private RealApiServer? _api;

    public async Task InitializeAsync()
    {
        if (RealApiServer.Missing is null) _api = await RealApiServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_api is not null) await _api.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [SkippableFact]
    public async Task What_the_manifests_grant_is_what_is_checked()
    {
        var api = Api();
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), default);
        var token = vault.Setup.CreateControllerToken(["sample-app"]);
        await api.CreateAsync("api/v1/namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "kubernetes-vault" } });
        var file = Path.Combine(_directory, "kubernetes-vault.yml");
        async Task<CliProcess.Result> CheckAsync(string watchNamespace)
        {
            await File.WriteAllTextAsync(file, $$"""
                vault: {addr: "{{vault.Address}}", token: $VAULT_TOKEN}
                kubernetes: {watchNamespace: "{{watchNamespace}}", serviceNamespace: kubernetes-vault, service: kubernetes-vault}
                cluster: {hostname: 10.0.0.1, replicas: 3, downing: lease-majority}
                state: {store: kubernetes}
                """);
            return await CliProcess.RunAsync(new Dictionary<string, string> { ["KUBECONFIG"] = api.Kubeconfig, ["VAULT_TOKEN"] = token }, "check", "--config", file, "--output", "json");
        }

        static List<string> With(CliProcess.Result result, string expected) =>
            [.. result.Json["checks"]!.AsArray().Where(check => ((string)check!["name"]!).StartsWith("RBAC: ", StringComparison.Ordinal) && (string?)check["result"] == expected).Select(check => (string)check!["name"]!)];

        var nothing = await CheckAsync("default");
        Assert.Equal(1, nothing.Exit);
        Assert.Empty(With(nothing, "ok"));
        Assert.Equal(["RBAC: create events in default", "RBAC: get endpoints/kubernetes-vault in kubernetes-vault"], With(nothing, "skipped"));

        await GrantAsync(api, "rbac/one-namespace", "role.yaml", "default");
        foreach (var name in (string[])["discovery.yaml", "ledger-role.yaml", "lease.yaml"]) await GrantAsync(api, "rbac", name, "kubernetes-vault");
        // The API server needs a moment to apply new bindings.
        CliProcess.Result? one = null;
        await Eventually.TrueAsync(async () => (one = await CheckAsync("default")).Exit == 0, "all rights for one namespace are there");
        Assert.Equal(11, With(one!, "ok").Count);

        var many = await CheckAsync("~.*");
        Assert.Equal(["RBAC: list pods in all namespaces", "RBAC: watch pods in all namespaces"], With(many, "failed"));
        await GrantAsync(api, "rbac/all-namespaces", "clusterrole.yaml", null);
        await Eventually.TrueAsync(async () => (await CheckAsync("~.*")).Exit == 0, "all rights for all namespaces are there");
    }

    [SkippableFact]
    public async Task A_pod_that_waits_for_its_node_is_explained_to_who_may_get_it()
    {
        var api = Api();
        await using var management = (await FakeManagement.StartAsync()).HasMembers(reachable: true).Answers("GET /pods/default/web-0", """{"namespace":"default","pod":"web-0","runs":[],"unanswered":[]}""", 404);
        static JsonArray Container(string name) => new(new JsonObject { ["name"] = name, ["image"] = name });
        await api.CreateAsync("api/v1/namespaces/default/pods", new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = "web-0",
                ["annotations"] = new JsonObject { ["pod.boostport.com/vault-approle"] = "web", ["pod.boostport.com/vault-init-container"] = "install" },
            },
            ["spec"] = new JsonObject { ["initContainers"] = Container("install"), ["containers"] = Container("app") },
        });
        async Task<(int, string)> ExplainAsync(string kubeconfig)
        {
            var result = await CliProcess.RunAsync(
                new Dictionary<string, string> { ["KUBECONFIG"] = kubeconfig, ["AKKAVAULT_URL"] = management.Url }, "explain", "pod", "default/web-0", "--output", "json");
            return (result.Exit, string.Join(' ', result.Json["findings"]!.AsArray().Select(finding => (string?)finding!["code"])));
        }

        Assert.Equal((0, "namespace-unchecked container-not-running"), await ExplainAsync(api.AdminKubeconfig));
        Assert.Equal((3, "pod-unread unknown-to-controllers"), await ExplainAsync(api.Kubeconfig));
    }

    private RealApiServer Api()
    {
        Skip.If(RealApiServer.Missing is not null, RealApiServer.Missing);
        return _api!;
    }

    private static async Task GrantAsync(RealApiServer api, string folder, string file, string? ns)
    {
        foreach (var item in Manifest.Read(folder, file))
        {
            if (ns is not null) item["metadata"]!["namespace"] = ns;
            await api.CreateAsync($"apis/rbac.authorization.k8s.io/v1/{(ns is null ? "" : $"namespaces/{ns}/")}{((string)item["kind"]!).ToLowerInvariant()}s", item);
        }
    }
}
