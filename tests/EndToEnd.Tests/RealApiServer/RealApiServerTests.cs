using System.Text.Json.Nodes;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Sandbox.Vault;

namespace AkkaVault.EndToEnd.Tests.RealApiServer;

/// <summary>The same controller and init container against a real kube-apiserver, with no more rights than it needs.</summary>
public class RealApiServerTests
{
    [SkippableFact]
    public async Task Pods_are_served_with_only_list_and_watch_in_one_namespace()
    {
        Skip.If(RealApiServer.Missing is not null, RealApiServer.Missing);
        await using var api = await RealApiServer.StartAsync();
        await api.CreateAsync("api/v1/namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "apps" } });
        await GrantAsync(api, "apps");
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), default);
        vault.Setup.EnableAppRole();
        vault.Setup.CreateAppRole("sample-app");
        var roleId = vault.Setup.ReadRoleId("sample-app");
        var directory = Directory.CreateTempSubdirectory("akkavault-real-").FullName;
        var initContainer = await InitContainerProgram.LocateAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token);
        var kubelet = new SimulatedKubelet(api.Admin, initContainer.Command, directory, TimeProvider.System);
        await using (var controller = ControllerProcess.Start(directory, vault.Address, vault.Setup.CreateControllerToken(["sample-app"]), api.Kubeconfig, "apps"))
        {
            await controller.ReadyAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
            var pods = new List<SimulatedPod>();
            for (var i = 1; i <= 10; i++)
                pods.Add(await kubelet.RunAsync(new PodPlan("apps", $"sample-app-{i}", "sample-app", roleId, $"127.200.{Environment.ProcessId % 250}.{i}"), default));
            await Task.WhenAll(pods.Select(pod => pod.Running)).EndsAsync();
            Assert.All(pods, pod => Assert.True(vault.IsLiveToken(SandboxCluster.TokenOf(pod)!.ClientToken)));
            Assert.Equal(0, await controller.StopAsync());
        }

        Directory.Delete(directory, recursive: true);
    }

    private static async Task GrantAsync(RealApiServer api, string ns)
    {
        await api.CreateAsync($"apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles", new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "kubernetes-vault" },
            ["rules"] = new JsonArray(new JsonObject
            {
                ["apiGroups"] = new JsonArray(""),
                ["resources"] = new JsonArray("pods"),
                ["verbs"] = new JsonArray("list", "watch"),
            }),
        });
        await api.CreateAsync($"apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings", new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "kubernetes-vault" },
            ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "Role", ["name"] = "kubernetes-vault" },
            ["subjects"] = new JsonArray(new JsonObject { ["kind"] = "User", ["name"] = "kubernetes-vault", ["apiGroup"] = "rbac.authorization.k8s.io" }),
        });
    }
}
