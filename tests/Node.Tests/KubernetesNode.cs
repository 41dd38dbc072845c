using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.Node.Tests;

/// <summary>
/// A real Kubernetes node on this machine: <c>tests/EndToEnd.Tests/assets/node.sh</c> starts it and ends it. Tests use it as an operator does, with
/// kubectl, helm and scripts. Where this machine cannot run a node they are skipped, or fail if <c>AKKAVAULT_NODE</c> is set: to <c>required</c>, or
/// to <c>running</c>, with which they use the node that somebody has started, and leave it.
/// </summary>
public sealed partial class KubernetesNode : IAsyncLifetime
{
    /// <summary>An AppRole that does not exist.</summary>
    public const string MissingRole = "no-such-role";

    /// <summary>The images may have to be built first.</summary>
    private static readonly TimeSpan s_start = TimeSpan.FromMinutes(20);

    private static readonly TimeSpan s_command = TimeSpan.FromMinutes(6);

    /// <summary>A test may leave 55 pods that are being deleted. The kubelet reports the end of five a second at most.</summary>
    private static readonly TimeSpan s_removal = TimeSpan.FromMinutes(4);

    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);
    private string? _missing;
    private bool _started;

    /// <summary>The root of the checkout.</summary>
    public static string Root => typeof(SimulatedVault).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    private static string Script => Path.Combine(Root, "tests", "EndToEnd.Tests", "assets", "node.sh");

    /// <summary>What to do without a node, or with one that is there.</summary>
    private static string? Choice { get; } = Environment.GetEnvironmentVariable("AKKAVAULT_NODE");

    public async Task InitializeAsync()
    {
        var check = await TryAsync(s_start, "bash", Script, "check");
        if (check.Exit != 0)
        {
            _missing = $"this machine cannot run a node: {check.Error.Trim()}";
            return;
        }

        _environment["AKKAVAULT_NODE_OWNER"] = $"{Environment.ProcessId}";
        var up = await TryAsync(s_start, "bash", Script, Choice == "running" ? "settings" : "up");
        _started = Choice != "running" && !up.Error.Contains("there is a node already", StringComparison.Ordinal);
        Assert.True(up.Exit == 0, $"node.sh: {up.Exit}\n{up.Error}");
        foreach (Match export in Export().Matches(up.Out)) _environment[export.Groups[1].Value] = export.Groups[2].Value.Replace("$PATH", Environment.GetEnvironmentVariable("PATH"), StringComparison.Ordinal);
    }

    public async Task DisposeAsync()
    {
        // Somebody else's node, because of which this one did not start, is left alone.
        if (_started) await RunAsync("bash", Script, "down");
    }

    /// <summary>Whether there is a node.</summary>
    public bool Runs => _missing is null;

    /// <summary>Skips the test, or fails it, where there is no node.</summary>
    public void Need()
    {
        Assert.False(_missing is not null && !string.IsNullOrEmpty(Choice), _missing);
        Skip.If(_missing is not null, _missing);
    }

    /// <summary>Runs kubectl to its end.</summary>
    /// <returns>The output on stdout.</returns>
    public Task<string> KubectlAsync(params string[] arguments) => RunAsync("kubectl", arguments);

    /// <summary>An object of the node's cluster.</summary>
    public async Task<JsonNode> GetAsync(string ns, params string[] what) => JsonNode.Parse(await KubectlAsync(["-n", ns, "get", .. what, "-o", "json"]))!;

    /// <summary>The items of a list of objects.</summary>
    public async Task<IReadOnlyList<JsonNode>> ListAsync(string ns, params string[] what) => [.. (await GetAsync(ns, what))["items"]!.AsArray().Select(item => item!)];

    /// <summary>Runs lines of a shell in the root of the checkout, and stops at the first that fails.</summary>
    /// <returns>The output on stdout.</returns>
    public Task<string> ShellAsync(string commands) => RunAsync("bash", "-c", $"set -euo pipefail\n{commands}");

    /// <summary>Runs a program in the namespaces of the node.</summary>
    /// <returns>The output on stdout.</returns>
    public Task<string> EnterAsync(params string[] command) => RunAsync("bash", [Script, "enter", .. command]);

    /// <summary>Installs the quick start, or mends it. Waits until the pods of earlier tests are gone.</summary>
    public async Task QuickStartAsync()
    {
        await ShellAsync("k8s/quick-start.sh");
        await Eventually.TrueAsync(async () => (await ListAsync("default", "pods")).Count(pod => pod["metadata"]!["deletionTimestamp"] is not null), deleted => deleted == 0, "no pod is being deleted", s_removal);
    }

    /// <summary>Waits until all controllers run the StatefulSet's present template and are ready.</summary>
    public Task ControllersAreReadyAsync() => KubectlAsync("-n", "kubernetes-vault", "rollout", "status", "statefulset/kubernetes-vault", "--timeout=3m");

    /// <summary>
    /// Removes namespaces and what is in them, for the next test. Kubernetes by itself would look whether their pods have ended only after half of their grace, twice, and
    /// have nothing to do meanwhile.
    /// </summary>
    public Task RemoveNamespacesAsync(params string[] namespaces) => ShellAsync($"""
        for namespace in {string.Join(' ', namespaces)}; do
          # Whoever would make the pods again goes first.
          kubectl -n $namespace delete statefulsets,deployments --all --cascade=orphan
          kubectl -n $namespace delete replicasets --all --cascade=orphan
          kubectl -n $namespace delete pods --all --wait=false --grace-period=1
        done
        for namespace in {string.Join(' ', namespaces)}; do kubectl -n $namespace delete pods --all --grace-period=1; done
        kubectl delete namespace --ignore-not-found {string.Join(' ', namespaces)}
        """);

    /// <summary>
    /// Waits until no pod is left in a namespace from which all are being deleted. Of some of them, a kubelet of this version does not notice that their containers have ended before
    /// it looks at them for another reason, which may take more than a minute.
    /// </summary>
    public Task NoPodIsLeftAsync(string ns) => Eventually.TrueAsync(
        async () =>
        {
            await TryAsync(s_command, "kubectl", "-n", ns, "wait", "pods", "--all", "--for=delete", "--timeout=20s");
            await TryAsync(s_command, "kubectl", "-n", ns, "annotate", "pods", "--all", "--overwrite", $"looked-at={DateTimeOffset.UtcNow.ToUnixTimeSeconds()}");
            return await KubectlAsync("-n", ns, "get", "pods", "-o", "name");
        },
        left => left.Length == 0,
        $"no pod is left in {ns}",
        s_removal);

    /// <summary>Starts a pod of the sample application that no controller can serve, and waits until its init container runs.</summary>
    public async Task<NodePod> StartUnservedPodAsync(string name)
    {
        var template = (await GetAsync("default", "deployment", "sample-app"))["spec"]!["template"]!;
        template["metadata"]!["annotations"]!["pod.boostport.com/vault-approle"] = MissingRole;
        var pod = await StartPodAsync(name, template);
        await Eventually.TrueAsync(async () => (await pod.GetAsync())["status"]?["initContainerStatuses"]?[0]?["state"]?["running"] is not null, "the init container runs");
        return pod;
    }

    /// <summary>Creates a pod in the namespace <c>default</c>.</summary>
    /// <param name="app">The value of its only label, <c>app</c>.</param>
    /// <param name="template">Its annotations and specification, as those of a Deployment.</param>
    /// <param name="name">Its name; null: <paramref name="app"/>.</param>
    public async Task<NodePod> StartPodAsync(string app, JsonNode template, string? name = null)
    {
        name ??= app;
        var metadata = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["app"] = app }, ["annotations"] = template["metadata"]!["annotations"]!.DeepClone() };
        var pod = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = metadata, ["spec"] = template["spec"]!.DeepClone() };
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, pod.ToJsonString());
            await KubectlAsync("-n", "default", "create", "--validate=false", "-f", file);
        }
        finally
        {
            File.Delete(file);
        }

        return new NodePod(this, name);
    }

    /// <summary>Runs a program to its end, which must be a success.</summary>
    /// <returns>The output on stdout.</returns>
    public async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (exit, output, errors) = await TryAsync(s_command, program, arguments);
        Assert.True(exit == 0, $"{program} {string.Join(' ', arguments)}: {exit}\n{errors}{output}");
        return output;
    }

    /// <summary>Runs a program to its end.</summary>
    public Task<ProgramRun.Result> TryAsync(TimeSpan within, string program, params string[] arguments)
    {
        // A program is looked for on the path of this process, not on the one that it gets.
        var start = new ProcessStartInfo("env", [program, .. arguments]) { WorkingDirectory = Root };
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        return ProgramRun.ToEndAsync(start, within);
    }

    [GeneratedRegex("^export ([A-Z_]+)=(.*)$", RegexOptions.Multiline)]
    private static partial Regex Export();
}
