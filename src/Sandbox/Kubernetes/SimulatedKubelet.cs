using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>The specification of a pod.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="Role">The pod's AppRole.</param>
/// <param name="RoleId">The role_id of that AppRole.</param>
/// <param name="Ip">The pod's address. It must be an address of this machine.</param>
public sealed record PodPlan(string Namespace, string Name, string Role, string RoleId, string Ip)
{
    /// <summary>The init container's name in the pod.</summary>
    public string Container { get; init; } = "install";

    /// <summary>The node of the pod; null: the pod has no node name.</summary>
    public string? Node { get; init; } = "node-1";

    /// <summary>The init container's name in the annotation.</summary>
    public string AnnotatedContainer { get; init; } = "install";

    /// <summary>Environment variables of the init container. They are added to the usual ones, or replace them.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// Does what a kubelet does for a pod with an init container, over HTTP and with any API server: it creates the pod, runs the init container's
/// process on the pod's address, reports its status and restarts it when it fails. When the kubelet is disposed, every init container ends.
/// </summary>
public sealed class SimulatedKubelet(HttpClient api, ProgramCommand initContainer, string directory, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan CrashBackoff = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan ReportBackoff = TimeSpan.FromMilliseconds(200);
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentQueue<SimulatedPod> _pods = [];
    private int _disposed;

    /// <summary>Creates a pod and runs its init container until it exits with 0 or the pod is deleted.</summary>
    public async Task<SimulatedPod> RunAsync(PodPlan plan, CancellationToken cancellation)
    {
        var created = await SendAsync(HttpMethod.Post, $"api/v1/namespaces/{plan.Namespace}/pods", "application/json", Manifest(plan), cancellation).ConfigureAwait(false);
        var uid = (string)created["metadata"]!["uid"]!;
        var pod = new SimulatedPod(plan, uid, Path.Combine(directory, uid));
        Directory.CreateDirectory(pod.CredentialsPath);
        pod.Running = RunUntilEndedAsync(pod, cancellation);
        _pods.Enqueue(pod);
        return pod;
    }

    /// <summary>Kills every init container and waits until all have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _ended.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_pods.Select(pod => pod.Running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ended.Dispose();
    }

    /// <summary>Deletes a pod and stops its init container.</summary>
    public async Task DeleteAsync(SimulatedPod pod, CancellationToken cancellation)
    {
        pod.Deleted = true;
        await SendAsync(HttpMethod.Delete, $"{PathOf(pod.Plan)}?gracePeriodSeconds=0", "application/json", null, cancellation).ConfigureAwait(false);
        pod.Process?.Kill();
        await pod.Running.ConfigureAwait(false);
    }

    private async Task RunUntilEndedAsync(SimulatedPod pod, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _ended.Token);
        await RunInitContainerAsync(pod, either.Token).ConfigureAwait(false);
    }

    private async Task RunInitContainerAsync(SimulatedPod pod, CancellationToken cancellation)
    {
        for (var restarts = 0; ; restarts++)
        {
            var environment = new Dictionary<string, string>
            {
                ["VAULT_ROLE_ID"] = pod.Plan.RoleId,
                ["LISTEN_ADDRESS"] = pod.Plan.Ip,
                ["CREDENTIALS_PATH"] = pod.CredentialsPath,
            };
            foreach (var (name, value) in pod.Plan.Environment) environment[name] = value;
            await using var process = ChildProcess.Start(initContainer, [], environment);
            pod.Process = process;
            var container = "containerd://" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            pod.StartedAt ??= clock.GetUtcNow();
            await ReportAsync(pod, "Pending", container, restarts, Running(clock.GetUtcNow()), cancellation).ConfigureAwait(false);
            var exit = await process.ExitAsync(cancellation).ConfigureAwait(false);
            pod.AddOutput(process.Output);
            pod.Process = null;
            if (pod.Deleted) return;
            if (exit == 0)
            {
                pod.ServedAt = clock.GetUtcNow();
                await ReportAsync(pod, "Running", container, restarts, Terminated(exit), cancellation).ConfigureAwait(false);
                return;
            }

            pod.Restarts++;
            await ReportAsync(pod, "Pending", container, restarts, Waiting(), cancellation).ConfigureAwait(false);
            await Task.Delay(CrashBackoff, clock, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Reports a status. It tries again while the API server does not answer.</summary>
    private async Task ReportAsync(SimulatedPod pod, string phase, string container, int restarts, JsonObject state, CancellationToken cancellation)
    {
        var status = Status(pod, phase, container, restarts, state);
        while (true)
        {
            try
            {
                await SendAsync(HttpMethod.Patch, $"{PathOf(pod.Plan)}/status", "application/merge-patch+json", status, cancellation).ConfigureAwait(false);
                return;
            }
            catch (HttpRequestException e) when (e.StatusCode is null)
            {
                await Task.Delay(ReportBackoff, clock, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static JsonObject Status(SimulatedPod pod, string phase, string container, int restarts, JsonObject state) => new()
    {
        ["status"] = new JsonObject
        {
            ["phase"] = phase,
            ["podIP"] = pod.Plan.Ip,
            ["podIPs"] = new JsonArray(new JsonObject { ["ip"] = pod.Plan.Ip }),
            ["initContainerStatuses"] = new JsonArray(new JsonObject
            {
                ["name"] = pod.Plan.Container,
                ["state"] = state,
                ["lastState"] = new JsonObject(),
                ["ready"] = phase == "Running",
                ["restartCount"] = restarts,
                ["image"] = "akkavault-init",
                ["imageID"] = "akkavault-init",
                ["containerID"] = container,
            }),
        },
    };

    private static JsonObject Running(DateTimeOffset at) => new() { ["running"] = new JsonObject { ["startedAt"] = Seconds(at) } };

    private JsonObject Terminated(int exit) => new()
    {
        ["terminated"] = new JsonObject { ["exitCode"] = exit, ["reason"] = "Completed", ["finishedAt"] = Seconds(clock.GetUtcNow()) },
    };

    private static JsonObject Waiting() => new() { ["waiting"] = new JsonObject { ["reason"] = "CrashLoopBackOff" } };

    private static string Seconds(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    private static string PathOf(PodPlan plan) => $"api/v1/namespaces/{plan.Namespace}/pods/{plan.Name}";

    private static JsonObject Manifest(PodPlan plan)
    {
        var manifest = Unbound(plan);
        if (plan.Node is not null) manifest["spec"]!["nodeName"] = plan.Node;
        return manifest;
    }

    private static JsonObject Unbound(PodPlan plan) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = plan.Name,
            ["annotations"] = new JsonObject
            {
                ["pod.boostport.com/vault-approle"] = plan.Role,
                ["pod.boostport.com/vault-init-container"] = plan.AnnotatedContainer,
            },
        },
        ["spec"] = new JsonObject
        {
            ["initContainers"] = new JsonArray(new JsonObject { ["name"] = plan.Container, ["image"] = "akkavault-init" }),
            ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "app" }),
        },
    };

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, string contentType, JsonObject? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue(contentType));
        using var response = await api.SendAsync(request, cancellation).ConfigureAwait(false);
        var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode) throw new HttpRequestException($"{method} {path}: {(int)response.StatusCode}: {text}", null, response.StatusCode);
        return JsonNode.Parse(text)!.AsObject();
    }
}

/// <summary>A pod that the kubelet runs.</summary>
/// <param name="plan">The specification of the pod.</param>
/// <param name="uid">The pod's uid.</param>
/// <param name="credentialsPath">The folder of the pod's credentials.</param>
public sealed class SimulatedPod(PodPlan plan, string uid, string credentialsPath)
{
    private readonly List<string> _output = [];

    /// <summary>The specification of the pod.</summary>
    public PodPlan Plan { get; } = plan;

    /// <summary>The pod's uid.</summary>
    public string Uid { get; } = uid;

    /// <summary>The folder of the pod's credentials.</summary>
    public string CredentialsPath { get; } = credentialsPath;

    /// <summary>When the kubelet was about to report for the first time that the init container runs.</summary>
    public DateTimeOffset? StartedAt { get; internal set; }

    /// <summary>When the init container exited with 0.</summary>
    public DateTimeOffset? ServedAt { get; internal set; }

    /// <summary>How often the init container was restarted.</summary>
    public int Restarts { get; internal set; }

    /// <summary>Completes when the pod is served or deleted.</summary>
    public Task Running { get; internal set; } = Task.CompletedTask;

    /// <summary>The output of the pod's init containers.</summary>
    public IReadOnlyList<string> Output
    {
        get { lock (_output) return [.. _output]; }
    }

    /// <summary>The process of the init container, while it runs.</summary>
    public ChildProcess? Process { get; internal set; }

    internal bool Deleted { get; set; }

    internal void AddOutput(IEnumerable<string> lines)
    {
        lock (_output) _output.AddRange(lines);
    }
}
