using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.Node.Tests;

/// <summary>Containers that the kubelet starts again: each run gets a secret of its own. The kubelet takes a minute or more for each, with little to do.</summary>
[Collection(NodeCollection.Name)]
[Trait("Category", "Long")]
public sealed class RestartTests(KubernetesNode node, SideBySide runs) : IClassFixture<SideBySide>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    [SkippableFact]
    public Task A_pod_whose_sandbox_is_killed_gets_another_address_and_another_token() => OwnAsync();

    [SkippableFact]
    public Task An_init_container_that_is_started_again_and_again_gets_its_secret_when_its_cause_is_mended() => OwnAsync();

    [SkippableFact]
    public Task A_sidecar_as_an_ordinary_container_gets_another_token_when_it_is_started_again() => OwnAsync();

    private Task OwnAsync([CallerMemberName] string test = "")
    {
        node.Need();
        var scenarios = new Dictionary<string, Func<Task>>(StringComparer.Ordinal)
        {
            [nameof(A_pod_whose_sandbox_is_killed_gets_another_address_and_another_token)] = KilledSandboxAsync,
            [nameof(An_init_container_that_is_started_again_and_again_gets_its_secret_when_its_cause_is_mended)] = MendedCauseAsync,
            [nameof(A_sidecar_as_an_ordinary_container_gets_another_token_when_it_is_started_again)] = KilledSidecarAsync,
        };
        return runs.OwnAsync(node.QuickStartAsync, scenarios, test);
    }

    private async Task KilledSandboxAsync()
    {
        var before = (await node.ListAsync("default", "pods", "-l", "app.kubernetes.io/name=sample-app"))[0];
        var name = (string)before["metadata"]!["name"]!;
        var token = ContainerProcess.Of(before, "app").Token;
        // The first process of the sandbox is a sibling of the container's: both have the same parent.
        var app = ContainerProcess.Of(before, "app");
        await node.RunAsync("kill", "-KILL", $"{app.Sandbox}");

        await Eventually.TrueAsync(async () => await AfterAsync() is { } pod && ((int)Init(pod)["restartCount"]!, Ready(pod)) == (1, true), "its init container has run again, and its application runs", s_patience);
        var after = await AfterAsync();
        Assert.NotEqual((string?)before["status"]!["podIP"], (string?)after["status"]!["podIP"]);
        Assert.NotEqual(token, ContainerProcess.Of(after, "app").Token);

        Task<JsonNode> AfterAsync() => node.GetAsync("default", "pod", name);
    }

    private async Task MendedCauseAsync()
    {
        var template = (await node.GetAsync("default", "deployment", "sample-app"))["spec"]!["template"]!;
        var environment = template["spec"]!["initContainers"]![0]!["env"]!.AsArray();
        environment.Single(variable => (string?)variable!["name"] == "VAULT_ROLE_ID")!["valueFrom"]!["configMapKeyRef"]!["name"] = "mended";
        environment.Add(new JsonObject { ["name"] = "TIMEOUT", ["value"] = "3s" });
        var role = await node.KubectlAsync("-n", "default", "get", "configmap", "sample-app", "-o", "jsonpath={.data.role-id}");
        await node.KubectlAsync("-n", "default", "create", "configmap", "mended", "--from-literal=role-id=00000000-0000-0000-0000-000000000000");
        try
        {
            await using var pod = await node.StartPodAsync("mended", template);
            await Eventually.TrueAsync(async () => Init(await pod.GetAsync()) is { } run && (int)run["restartCount"]! >= 2 && run["lastState"]?["terminated"]?["exitCode"]?.GetValue<int>() == 1, "its init container fails again and again", s_patience);
            await Eventually.TrueAsync(async () => (await node.KubectlAsync("-n", "default", "get", "events", "--field-selector", "involvedObject.name=mended,type=Warning", "-o", "jsonpath={.items[*].reason}")).Contains("Vault", StringComparison.Ordinal), "an event on the pod says what is wrong");

            await node.KubectlAsync("-n", "default", "patch", "configmap", "mended", "-p", $"{{\"data\":{{\"role-id\":\"{role}\"}}}}");
            await Eventually.TrueAsync(async () => Ready(await pod.GetAsync()), "it has got its secret, and its application runs", s_patience);
        }
        finally
        {
            await node.KubectlAsync("-n", "default", "delete", "configmap", "mended");
        }
    }

    private async Task KilledSidecarAsync()
    {
        const string Selector = "app.kubernetes.io/name=sample-app-sidecar";
        await node.ShellAsync("kubectl apply -k k8s/sample-app/sidecar");
        try
        {
            await ReadyAsync(restarts: 0);
            var pod = await PodAsync();
            var token = ContainerProcess.Of(pod, "app").Token;
            Assert.Contains("Delivered; the sidecar renews the token", await LogAsync(), StringComparison.Ordinal);
            await node.RunAsync("kill", "-KILL", $"{ContainerProcess.Of(pod, "akkavault").Id}");
            await ReadyAsync(restarts: 1);
            Assert.NotEqual(token, ContainerProcess.Of(await PodAsync(), "app").Token);
            Assert.Equal(0, (int)Status(await PodAsync(), "app")["restartCount"]!);
        }
        finally
        {
            await node.ShellAsync("kubectl delete -k k8s/sample-app/sidecar");
        }

        // A kubelet of this version learns at once that a startup probe has succeeded, but tells that the pod is ready only when it looks at it for another reason, a minute or more
        // later (kubernetes/kubernetes#95140). A changed annotation is such a reason.
        async Task ReadyAsync(int restarts)
        {
            await Eventually.TrueAsync(
                async () => await PodsAsync() is [var pod] && pod["status"]!["containerStatuses"] is not null && Status(pod, "akkavault") is var sidecar && ((int)sidecar["restartCount"]!, (bool?)sidecar["started"]) == (restarts, true),
                $"the sidecar runs, after {restarts} restarts", s_patience);
            await node.KubectlAsync("-n", "default", "annotate", "pods", "-l", Selector, "--overwrite", $"restarts={restarts}");
            await Eventually.TrueAsync(async () => Ready(await PodAsync()), "the pod is ready", s_patience);
        }

        Task<IReadOnlyList<JsonNode>> PodsAsync() => node.ListAsync("default", "pods", "-l", Selector);
        async Task<JsonNode> PodAsync() => Assert.Single(await PodsAsync());
        Task<string> LogAsync() => node.KubectlAsync("-n", "default", "logs", "deployment/sample-app-sidecar", "-c", "akkavault");
    }

    private static JsonNode Init(JsonNode pod) => pod["status"]!["initContainerStatuses"]?[0]!;

    private static JsonNode Status(JsonNode pod, string container) => pod["status"]!["containerStatuses"]!.AsArray().Single(status => (string?)status!["name"] == container)!;

    private static bool Ready(JsonNode pod) => pod["status"]!["conditions"]!.AsArray().Any(condition => ((string?)condition!["type"], (string?)condition["status"]) == ("Ready", "True"));
}
