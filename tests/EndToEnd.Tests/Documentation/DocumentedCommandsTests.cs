using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AkkaVault.EndToEnd.Tests.Manifests;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Kubernetes;

namespace AkkaVault.EndToEnd.Tests.Documentation;

/// <summary>
/// Runs the command blocks of <c>docs/</c> that need no kubelet: each line on a real API server with the quick start's objects.
/// <c>CommandBlockTests</c> check which blocks there are, and that each block names its test or the reason why none runs it.
/// </summary>
public sealed partial class DocumentedCommandsTests : IAsyncLifetime
{
    private const string Mark = $"test={nameof(DocumentedCommandsTests)}.{nameof(Every_block_that_names_this_test_is_understood_by_a_real_API_server)}";
    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-docs-").FullName;
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
    public async Task Every_block_that_names_this_test_is_understood_by_a_real_API_server()
    {
        Skip.If(RealApiServer.Missing is not null, RealApiServer.Missing);
        Skip.If(Kubectl.Missing is not null, Kubectl.Missing);
        await PrepareAsync();
        var blocks = Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md").Order(StringComparer.Ordinal)
            .SelectMany(file => Block().Matches(File.ReadAllText(file)).Select(match => (File: Path.GetFileName(file), Commands: match.Groups[1].Value))).ToList();
        Assert.NotEmpty(blocks);
        foreach (var (file, commands) in blocks)
        {
            foreach (var command in commands.Split('\n', StringSplitOptions.RemoveEmptyEntries)) await RunAsync(file, command);
        }
    }

    /// <summary>
    /// Creates what the pages assume: an installation, a pod, files in the working directory, and a controller of Kubernetes-Vault.
    /// </summary>
    private async Task PrepareAsync()
    {
        var overlay = await Overlay.RenderAsync("overlays/quick-start");
        var rendered = Path.Combine(_directory, "rendered.yaml");
        // kube-apiserver 1.20 has no policy/v1. The fields of v1beta1 are the same.
        await File.WriteAllTextAsync(rendered, overlay.Yaml.Replace("apiVersion: policy/v1\n", "apiVersion: policy/v1beta1\n", StringComparison.Ordinal));
        foreach (var item in overlay.Objects.Where(item => Overlay.KindOf(item) == "Namespace")) await _api!.CreateAsync("api/v1/namespaces", item.DeepClone().AsObject());
        await RunAsync("preparation", $"kubectl apply --server-side -f {rendered}");
        await RunAsync("preparation", "kubectl -n default create deployment kubernetes-vault-original --image=boostport/kubernetes-vault");
        await _api!.CreateAsync("api/v1/namespaces/kubernetes-vault/endpoints", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "kubernetes-vault" } });
        await _api.CreateAsync("api/v1/namespaces/default/pods", new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "web-0" },
            ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "app" }) },
        });
        foreach (var file in (string[])["token.txt", "ca.crt", "tls.crt", "tls.key"]) await File.WriteAllTextAsync(Path.Combine(_directory, file), "s.token");
    }

    private async Task RunAsync(string page, string command)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{Kubectl.Folder}:{Environment.GetEnvironmentVariable("PATH")}",
            ["HOME"] = _directory,
            ["KUBECONFIG"] = _api!.AdminKubeconfig,
        };
        await using var process = ChildProcess.Start(new ProgramCommand("bash", ["-c", $"set -eo pipefail; cd {_directory}; {command}"]), [], environment);
        Assert.True(await process.ExitAsync().EndsAsync() == 0, $"{page}: {command}\n{string.Join('\n', process.Output)}");
    }

    private static string Root => typeof(ChildProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    [GeneratedRegex("^```sh " + Mark + "\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
