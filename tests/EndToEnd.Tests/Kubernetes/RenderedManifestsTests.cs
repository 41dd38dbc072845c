using System.Net;
using System.Net.Http.Json;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AkkaVault.EndToEnd.Tests.Manifests;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Certificates;
using AkkaVault.Tests.TestKit.Kubernetes;

namespace AkkaVault.EndToEnd.Tests.Kubernetes;

/// <summary>
/// The overlays on a real API server, and a controller with their configuration and only
/// their rights. The API server refuses none of its requests, and it uses each right.
/// </summary>
public sealed partial class RenderedManifestsTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-rendered-").FullName;
    // Endpoints may not have loopback addresses, and only loopback has addresses for more than one controller.
    private readonly string? _address = NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .FirstOrDefault(address => address.Address.AddressFamily == AddressFamily.InterNetwork)?.Address.ToString();

    private readonly TestCa _ca = new("Vault's CA");
    private RealApiServer? _api;
    private int _addresses;

    public async Task InitializeAsync()
    {
        if (RealApiServer.Missing is null) _api = await RealApiServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_api is not null) await _api.DisposeAsync();
        _ca.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [SkippableTheory]
    [InlineData("overlays/quick-start", "default", false)]
    [InlineData("overlays/secured", "team-blue", true)]
    public async Task A_controller_with_what_an_overlay_grants_is_refused_nothing_and_uses_all_of_it(string folder, string ns, bool secured)
    {
        SkipWithoutPrograms();
        var overlay = await Overlay.RenderAsync(folder);
        await ApplyAsync(overlay);
        if (ns != "default") await _api!.CreateAsync("api/v1/namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = ns } });
        await PublishAsync();
        foreach (var right in overlay.Rights) await Eventually.TrueAsync(() => IsAllowedAsync(right), $"{right} is granted");

        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions { Certificate = secured ? _ca.Issue(IPAddress.Loopback, TimeSpan.FromHours(1)) : null }, default);
        vault.Setup.EnableAppRole();
        vault.Setup.CreateAppRole("sample-app");
        vault.Setup.EnablePki("root-ca", "intermediate-ca");
        vault.Setup.CreatePkiRole("intermediate-ca", "kubernetes-vault");
        vault.Setup.EnablePki("cluster-root-ca", "cluster-ca");
        vault.Setup.CreatePkiRole("cluster-ca", "kubernetes-vault");
        var token = vault.Setup.CreateControllerToken(["sample-app"]);
        vault.Setup.WritePolicy("kubernetes-vault", await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "k8s", "vault", "controller-policy.hcl")));
        await using var controller = Start(overlay, vault.Address, token);
        await Eventually.TrueAsync(() => ReadyAsync(secured), answer => answer == "ok", "the controller is ready");

        var initContainer = await InitContainerProgram.LocateAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token);
        await using var kubelet = new SimulatedKubelet(_api!.Admin, initContainer.Command, _directory, TimeProvider.System);
        PodPlan Plan(string name, string role) => new(ns, name, role, vault.Setup.ReadRoleId("sample-app"), $"127.201.{Environment.ProcessId % 250}.{++_addresses}");
        var served = await kubelet.RunAsync(Plan("served", "sample-app"), default);
        await served.Running.EndsAsync();
        Assert.True(vault.IsLiveToken(SandboxCluster.TokenOf(served)!.ClientToken));
        // The controller records an event on a pod that it cannot serve.
        var denied = await kubelet.RunAsync(Plan("denied", "other"), default);
        await Eventually.TrueAsync(() => _api.Audit.Any(request => (string?)request["objectRef"]?["resource"] == "events"), "an event is recorded");
        // The next run makes the controller update the event.
        denied.Process!.Kill();
        await Eventually.TrueAsync(() => _api.Audit.Any(request => (string?)request["objectRef"]?["resource"] == "events" && (string?)request["verb"] == "patch"), "it is counted up");
        await kubelet.DeleteAsync(denied, default).EndsAsync();
        controller.Terminate();
        Assert.Equal(0, await controller.ExitAsync().EndsAsync());
        // The audit log shows a watch only after the watch has ended.
        await Eventually.TrueAsync(() => Task.FromResult(Unused(overlay)), unused => unused.Length == 0, "every right was used");
        Assert.Empty(_api.Audit.Where(request => (int?)request["responseStatus"]?["code"] == 403).Select(request => $"{request["verb"]} {request["requestURI"]} was refused"));
    }

    [SkippableFact]
    public async Task The_quick_start_leads_to_a_token_in_a_pod_may_be_run_again_and_is_torn_down()
    {
        SkipWithoutPrograms();
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), default);
        await RunAsync("quick-start.sh", vault);
        var (token, roleId) = (await SecretAsync("vault", "vault-root-token"), await RoleIdAsync());
        var controllers = await SecretAsync("kubernetes-vault", "kubernetes-vault-token");
        await RunAsync("quick-start.sh", vault);
        Assert.Equal((token, roleId, controllers), (await SecretAsync("vault", "vault-root-token"), await RoleIdAsync(), await SecretAsync("kubernetes-vault", "kubernetes-vault-token")));

        await PublishAsync();
        await using var controller = Start(await Overlay.RenderAsync("overlays/quick-start"), vault.Address, controllers);
        var initContainer = await InitContainerProgram.LocateAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token);
        await using var kubelet = new SimulatedKubelet(_api!.Admin, initContainer.Command, _directory, TimeProvider.System);
        var served = await kubelet.RunAsync(new PodPlan("default", "sample-app-1", "sample-app", roleId, $"127.201.{Environment.ProcessId % 250}.1"), default);
        await served.Running.EndsAsync();
        Assert.True(vault.IsLiveToken(SandboxCluster.TokenOf(served)!.ClientToken));
        controller.Terminate();
        await controller.ExitAsync().EndsAsync();

        // This Vault has lost its data, as a Vault in dev mode loses them when its pod is replaced. The script now reaches it in the default way.
        await using var another = await SimulatedVault.StartAsync(new SimulatedVaultOptions { RootToken = token }, default);
        await RunAsync("quick-start.sh", another, forwarded: true);
        Assert.True(another.IsLiveToken(await SecretAsync("kubernetes-vault", "kubernetes-vault-token")));

        await RunAsync("teardown.sh", vault);
        foreach (var gone in (string[])["apis/apps/v1/namespaces/default/deployments/sample-app", "api/v1/namespaces/default/configmaps/sample-app", "apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/kubernetes-vault"])
            Assert.Equal(HttpStatusCode.NotFound, (await _api.Admin.GetAsync(new Uri(gone, UriKind.Relative))).StatusCode);
        foreach (var ns in (string[])["kubernetes-vault", "vault"])
            Assert.Equal("Terminating", (string?)JsonNode.Parse(await _api.Admin.GetStringAsync(new Uri($"api/v1/namespaces/{ns}", UriKind.Relative)))!["status"]!["phase"]);
        await RunAsync("teardown.sh", vault);
    }

    private void SkipWithoutPrograms()
    {
        Skip.If(RealApiServer.Missing is not null, RealApiServer.Missing);
        Skip.If(Kubectl.Missing is not null, Kubectl.Missing);
        Skip.If(_address is null, "this machine has no IPv4 address but loopback's");
    }

    /// <summary>Runs a script. No pod becomes ready, because there are no nodes, so the script does not wait.</summary>
    /// <param name="script">The path of the script.</param>
    /// <param name="vault">The Vault that the script uses.</param>
    /// <param name="forwarded">Whether the script uses <c>kubectl port-forward</c> (a fake) and reads the root token from its Secret.</param>
    private async Task RunAsync(string script, SimulatedVault vault, bool forwarded = false)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{(forwarded ? Forwarding(vault) : Kubectl.Folder)}:{Environment.GetEnvironmentVariable("PATH")}",
            ["HOME"] = _directory,
            ["KUBECONFIG"] = _api!.AdminKubeconfig,
            ["QUICK_START_VAULT_ADDR"] = forwarded ? "" : vault.Address.ToString(),
            ["QUICK_START_VAULT_TOKEN"] = forwarded ? "" : vault.RootToken,
            // The user's own Vault. The script must not use it.
            ["VAULT_ADDR"] = "http://127.0.0.1:1",
            ["VAULT_TOKEN"] = "somebodys-own",
            ["WAIT"] = "no",
        };
        await using var process = ChildProcess.Start(new ProgramCommand("bash", [Path.Combine(Kubectl.Manifests, script)]), [], environment);
        Assert.True(await process.ExitAsync().EndsAsync() == 0, string.Join('\n', process.Output));
        Assert.DoesNotContain(process.Output, line => vault.EverySecret.Any(secret => line.Contains(secret, StringComparison.Ordinal)));
    }

    /// <summary>A folder with a fake kubectl that prints what a real port-forward prints.</summary>
    private string Forwarding(SimulatedVault vault)
    {
        var program = Path.Combine(Directory.CreateDirectory(Path.Combine(_directory, "bin")).FullName, "kubectl");
        File.WriteAllText(program, $$"""
            #!/usr/bin/env bash
            case " $* " in *" port-forward "*) echo "Forwarding from 127.0.0.1:{{vault.Address.Port}} -> 8200"; exec sleep 60;; esac
            exec {{Kubectl.Folder}}/kubectl "$@"
            """);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return Path.GetDirectoryName(program)!;
    }

    private async Task<string> SecretAsync(string ns, string name) =>
        Encoding.UTF8.GetString(Convert.FromBase64String((string)JsonNode.Parse(await _api!.Admin.GetStringAsync(new Uri($"api/v1/namespaces/{ns}/secrets/{name}", UriKind.Relative)))!["data"]!["token"]!));

    private async Task<string> RoleIdAsync() =>
        (string)JsonNode.Parse(await _api!.Admin.GetStringAsync(new Uri("api/v1/namespaces/default/configmaps/sample-app", UriKind.Relative)))!["data"]!["role-id"]!;

    /// <summary>Applies an overlay as an operator does, and then again without changes.</summary>
    private async Task ApplyAsync(Overlay overlay)
    {
        // kube-apiserver 1.20 has no policy/v1. The fields of v1beta1 are the same.
        var file = Path.Combine(_directory, "rendered.yaml");
        await File.WriteAllTextAsync(file, overlay.Yaml.Replace("apiVersion: policy/v1\n", "apiVersion: policy/v1beta1\n", StringComparison.Ordinal));
        string[] apply = ["--kubeconfig", _api!.AdminKubeconfig, "--cache-dir", Path.Combine(_directory, "cache"), "apply", "--server-side", "-f", file];
        foreach (var item in overlay.Objects.Where(item => Overlay.KindOf(item) == "Namespace")) await _api.CreateAsync("api/v1/namespaces", item.DeepClone().AsObject());
        var dry = await Kubectl.RunAsync([.. apply, "--dry-run=server"]);
        Assert.Equal(overlay.Objects.Count, dry.Split('\n').Count(line => line.EndsWith("serverside-applied (server dry run)", StringComparison.Ordinal)));
        await Kubectl.RunAsync(apply);
        await Kubectl.RunAsync(apply);
    }

    /// <summary>Creates what Kubernetes' own controllers create for the headless Service when its pod has an address.</summary>
    private Task PublishAsync() => _api!.CreateAsync("api/v1/namespaces/kubernetes-vault/endpoints", new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = "kubernetes-vault" },
        ["subsets"] = new JsonArray(new JsonObject
        {
            ["notReadyAddresses"] = new JsonArray(new JsonObject { ["ip"] = _address }),
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "management", ["port"] = 8558 }),
        }),
    });

    private async Task<bool> IsAllowedAsync(Right right)
    {
        var attributes = new JsonObject { ["namespace"] = right.Namespace, ["group"] = right.Group, ["resource"] = right.Resource, ["name"] = right.Name, ["verb"] = right.Verb };
        var review = new JsonObject { ["spec"] = new JsonObject { ["user"] = RealApiServer.Controller, ["resourceAttributes"] = attributes } };
        using var answer = await _api!.Admin.PostAsJsonAsync(new Uri("apis/authorization.k8s.io/v1/subjectaccessreviews", UriKind.Relative), review);
        return (bool)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["status"]!["allowed"]!;
    }

    /// <summary>
    /// Starts the controller as the StatefulSet does, except for what depends on the machine: addresses, files and the single replica.
    /// </summary>
    private ChildProcess Start(Overlay overlay, Uri vault, string vaultToken)
    {
        var (file, token, ca) = (Path.Combine(_directory, "kubernetes-vault.yml"), Path.Combine(_directory, "token"), Path.Combine(_directory, "ca.crt"));
        File.WriteAllText(token, vaultToken);
        File.WriteAllText(ca, _ca.Pem);
        File.WriteAllText(file, VaultAddress().Replace(overlay.Configuration, $"addr: {vault}")
            .Replace("/var/run/secrets/vault/token", token, StringComparison.Ordinal)
            .Replace("/etc/vault-ca/ca.crt", ca, StringComparison.Ordinal)
            .Replace("0.0.0.0", _address, StringComparison.Ordinal)
            .Replace("replicas: 3", "replicas: 1", StringComparison.Ordinal));
        return ChildProcess.Start(
            ControllerProgram.Command, ["--config", file],
            new Dictionary<string, string> { ["KUBECONFIG"] = _api!.Kubeconfig, ["POD_IP"] = _address!, ["POD_NAMESPACE"] = "kubernetes-vault" });
    }

    private async Task<string> ReadyAsync(bool secured)
    {
        using var http = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } });
        try
        {
            return await http.GetStringAsync(new Uri($"{(secured ? "https" : "http")}://{_address}:9102/healthz/ready"));
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }

    private string Unused(Overlay overlay)
    {
        var audit = _api!.Audit;
        return string.Join('\n', overlay.Rights.Where(right => !audit.Any(right.WasUsedBy)));
    }

    [GeneratedRegex("addr: \\S+")]
    private static partial Regex VaultAddress();
}
