using System.Text.Json.Nodes;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Kubernetes;

namespace AkkaVault.EndToEnd.Tests.Kubernetes;

/// <summary>The controller and the init container against a real kube-apiserver, with exactly the rights of the manifests.</summary>
public sealed class RealApiServerTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-real-").FullName;
    private RealApiServer? _api;
    private int _addresses;

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
    public async Task Pods_of_one_namespace_are_served_with_the_manifests_Role()
    {
        var api = Api();
        await CreateNamespaceAsync(api, "apps");
        await GrantAsync(api, "rbac/one-namespace", "role.yaml", "apps");
        await ServeAsync(api, "apps", ["apps"]);
    }

    [SkippableFact]
    public async Task Pods_of_all_matching_namespaces_are_served_with_the_manifests_ClusterRole()
    {
        var api = Api();
        foreach (var ns in (string[])["team-blue", "team-green", "other"]) await CreateNamespaceAsync(api, ns);
        await GrantAsync(api, "rbac/all-namespaces", "clusterrole.yaml", null);
        await ServeAsync(api, "~team-.*", ["team-blue", "team-green"]);
    }

    [SkippableFact]
    public async Task Pods_are_served_with_the_ledger_in_a_ConfigMap_and_the_rights_to_that_one_alone()
    {
        var api = Api();
        await CreateNamespaceAsync(api, "apps");
        await GrantAsync(api, "rbac/one-namespace", "role.yaml", "apps");
        // The configuration names this namespace as the controller's own.
        await GrantAsync(api, "rbac", "ledger-role.yaml", "default");
        await ServeAsync(api, "apps", ["apps"], "state:\n  store: kubernetes");
        using var ledger = await api.Admin.GetAsync(new Uri("api/v1/namespaces/default/configmaps/kubernetes-vault-ledger", UriKind.Relative));
        Assert.True(ledger.IsSuccessStatusCode);
    }

    private RealApiServer Api()
    {
        Skip.If(RealApiServer.Missing is not null, RealApiServer.Missing);
        return _api!;
    }

    private static Task CreateNamespaceAsync(RealApiServer api, string name) =>
        api.CreateAsync("api/v1/namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });

    private static async Task GrantAsync(RealApiServer api, string folder, string file, string? ns)
    {
        foreach (var item in Manifest.Read(folder, file))
        {
            if (ns is not null) item["metadata"]!["namespace"] = ns;
            var plural = ((string)item["kind"]!).ToLowerInvariant() + "s";
            await api.CreateAsync($"apis/rbac.authorization.k8s.io/v1/{(ns is null ? "" : $"namespaces/{ns}/")}{plural}", item);
        }
    }

    private async Task ServeAsync(RealApiServer api, string watchNamespace, string[] namespaces, string configuration = "")
    {
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), default);
        vault.Setup.EnableAppRole();
        vault.Setup.CreateAppRole("sample-app");
        var roleId = vault.Setup.ReadRoleId("sample-app");
        var initContainer = await InitContainerProgram.LocateAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token);
        await using var kubelet = new SimulatedKubelet(api.Admin, initContainer.Command, _directory, TimeProvider.System);
        await using var controller = ControllerProcess.Start(_directory, vault.Address, vault.Setup.CreateControllerToken(["sample-app"]), api.Kubeconfig, watchNamespace, configuration);
        await controller.ReadyAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        PodPlan Plan(string ns, string name) => new(ns, name, "sample-app", roleId, $"127.200.{Environment.ProcessId % 250}.{++_addresses}");

        var pods = new List<SimulatedPod>();
        for (var i = 1; i <= 10; i++) pods.Add(await kubelet.RunAsync(Plan(namespaces[i % namespaces.Length], $"sample-app-{i}"), default));
        await Task.WhenAll(pods.Select(pod => pod.Running)).EndsAsync();
        Assert.All(pods, pod => Assert.True(vault.IsLiveToken(SandboxCluster.TokenOf(pod)!.ClientToken)));

        // A pod that is created again under the same name is another run.
        await kubelet.DeleteAsync(pods[0], default).EndsAsync();
        var again = await kubelet.RunAsync(Plan(pods[0].Plan.Namespace, pods[0].Plan.Name), default);
        await again.Running.EndsAsync();
        Assert.NotEqual(SandboxCluster.TokenOf(pods[0])!.ClientToken, SandboxCluster.TokenOf(again)!.ClientToken);

        // The controller's policy does not list this role, so an event is recorded on the pod.
        var denied = await kubelet.RunAsync(Plan(namespaces[0], "denied") with { Role = "other" }, default);
        JsonNode? told = null;
        await Eventually.TrueAsync(async () => (told = await EventOfAsync(api, denied.Uid)) is not null, "an event is recorded");
        Assert.Equal(("Warning", "VaultSecretFailed", "kubernetes-vault"), ((string?)told!["type"], (string?)told["reason"], (string?)told["source"]!["component"]));
        denied.Process!.Kill();
        await Eventually.TrueAsync(async () => (int?)(await EventOfAsync(api, denied.Uid))!["count"] == 2, "it is counted up");
        await kubelet.DeleteAsync(denied, default).EndsAsync();
        Assert.Equal(0, await controller.StopAsync());
    }

    private static async Task<JsonNode?> EventOfAsync(RealApiServer api, string uid)
    {
        var events = JsonNode.Parse(await api.Admin.GetStringAsync(new Uri("api/v1/events", UriKind.Relative)))!["items"]!.AsArray();
        return events.FirstOrDefault(e => (string?)e!["involvedObject"]!["uid"] == uid);
    }
}
