using System.Diagnostics;
using System.Text.Json.Nodes;
using AkkaVault.EndToEnd.Tests.Manifests;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Kubernetes;

namespace AkkaVault.EndToEnd.Tests.Helm;

/// <summary>A real API server, and helm and kubectl for it. No controller runs in it.</summary>
public sealed class HelmCluster : IAsyncLifetime
{
    /// <summary>A user who may do everything in the two namespaces, and nothing outside of them.</summary>
    public const string Installer = "installer";

    private RealApiServer? _api;

    /// <summary>Why these tests cannot run here; null when they can.</summary>
    public static string? Missing => RealApiServer.Missing ?? Kubectl.Missing ?? HelmProgram.Missing;

    internal HelmProgram Program { get; } = new();

    public async Task InitializeAsync()
    {
        if (Missing is null) _api = await RealApiServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_api is not null) await _api.DisposeAsync();
        Program.Dispose();
    }

    /// <summary>Grants the installer all rights in a namespace.</summary>
    public async Task LetInstallAsync(string ns)
    {
        await KubectlAsync("-n", ns, "create", "role", Installer, "--verb=*", "--resource=*.*");
        await KubectlAsync("-n", ns, "create", "rolebinding", Installer, $"--role={Installer}", $"--user={Installer}");
    }

    /// <summary>Runs helm as a user, or as the cluster's administrator.</summary>
    public Task<string> HelmAsync(string? user, params string[] arguments) => Program.SucceedAsync(HelmArguments(user, arguments));

    /// <inheritdoc cref="HelmAsync"/>
    internal Task<ProgramRun.Result> TryHelmAsync(string? user, params string[] arguments) => Program.RunAsync(HelmArguments(user, arguments));

    /// <summary>Runs kubectl. Fails when kubectl ends with an error or prints a warning.</summary>
    /// <returns>The output on stdout.</returns>
    public async Task<string> KubectlAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Kubectl.Find("kubectl")!, [.. arguments, "--kubeconfig", _api!.AdminKubeconfig, "--cache-dir", Path.Combine(Program.Folder, "kubectl")]);
        var (exit, output, errors) = await ProgramRun.ToEndAsync(start);
        Assert.True(exit == 0 && errors.Length == 0, $"kubectl {string.Join(' ', arguments)}: {exit}\n{errors}{output}");
        return output;
    }

    /// <summary>Runs a command line of a page in a folder.</summary>
    public async Task ShellAsync(string folder, string command)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"set -eo pipefail; {command}"]) { WorkingDirectory = folder };
        start.Environment["PATH"] = $"{Kubectl.Folder}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["HOME"] = Program.Folder;
        start.Environment["KUBECONFIG"] = _api!.AdminKubeconfig;
        var (exit, output, errors) = await ProgramRun.ToEndAsync(start);
        Assert.True(exit == 0, $"{command}: {exit}\n{errors}{output}");
    }

    /// <summary>All objects of the cluster, except for events. Ingresses are also in a second, deprecated group.</summary>
    public async Task<IReadOnlyList<string>> ObjectsAsync()
    {
        var kinds = (await KubectlAsync("api-resources", "--verbs=list", "-o", "name", "--cached=false")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(kind => kind.Split('.')[0] is not ("events" or "componentstatuses") && kind != "ingresses.extensions").ToList();
        var objects = JsonNode.Parse(await KubectlAsync("get", string.Join(',', kinds), "-A", "-o", "json"))!["items"]!.AsArray();
        return [.. objects.Select(item => $"{item!["kind"]} {item["metadata"]!["namespace"]}/{item["metadata"]!["name"]}").Order(StringComparer.Ordinal)];
    }

    /// <summary>The controllers' StatefulSet.</summary>
    internal async Task<JsonNode> StatefulSetAsync() => JsonNode.Parse(await KubectlAsync("-n", HelmProgram.Release, "get", "statefulset", HelmProgram.Release, "-o", "json"))!["spec"]!;

    private string[] HelmArguments(string? user, string[] arguments) =>
        [.. arguments, "-n", HelmProgram.Release, "--kubeconfig", _api!.AdminKubeconfig, .. user is null ? Array.Empty<string>() : ["--kube-as-user", user]];
}
