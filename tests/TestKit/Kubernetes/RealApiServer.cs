using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Network;
using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Tests.TestKit.Kubernetes;

/// <summary>A real etcd and kube-apiserver from <c>$KUBEBUILDER_ASSETS</c> on loopback, with RBAC and static tokens.</summary>
public sealed class RealApiServer : IAsyncDisposable
{
    private const string AdminToken = "admin-token";
    public const string ControllerToken = "controller-token";
    public const string Controller = "system:serviceaccount:kubernetes-vault:kubernetes-vault";
    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-apiserver-").FullName;
    private readonly List<ChildProcess> _processes = [];

    /// <summary>Why tests with this server cannot run here; null when they can.</summary>
    public static string? Missing
    {
        get
        {
            var assets = Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS");
            if (string.IsNullOrEmpty(assets)) return "KUBEBUILDER_ASSETS is not set; tests/EndToEnd.Tests/assets/install.sh installs kube-apiserver and etcd and prints what to set";
            return new[] { "etcd", "kube-apiserver" }.Where(name => !File.Exists(Path.Combine(assets, name))).Select(name => $"KUBEBUILDER_ASSETS has no {name}").FirstOrDefault();
        }
    }

    public HttpClient Admin { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    public string Kubeconfig => Path.Combine(_directory, "kubeconfig");

    public string AdminKubeconfig => Path.Combine(_directory, "admin-kubeconfig");

    /// <summary>The controller's requests so far.</summary>
    public IReadOnlyList<JsonObject> Audit => File.Exists(AuditLog) ? [.. ReadShared(AuditLog).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())] : [];

    private string AuditLog => Path.Combine(_directory, "audit.jsonl");

    public static async Task<RealApiServer> StartAsync()
    {
        var server = new RealApiServer();
        try
        {
            await server.RunAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task CreateAsync(string path, JsonObject json)
    {
        using var response = await Admin.PostAsync(new Uri(path, UriKind.Relative), new StringContent(json.ToJsonString(), Encoding.UTF8, "application/json"));
        Assert.True(response.StatusCode == HttpStatusCode.Created, $"{path}: {await response.Content.ReadAsStringAsync()}");
    }

    public async ValueTask DisposeAsync()
    {
        Admin?.Dispose();
        foreach (var process in Enumerable.Reverse(_processes)) await process.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task RunAsync()
    {
        var assets = Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS")!;
        var (client, peer, port) = (FreePort.Next(), FreePort.Next(), FreePort.Next());
        Start(Path.Combine(assets, "etcd"), [
            $"--data-dir={Path.Combine(_directory, "etcd")}", $"--listen-client-urls=http://127.0.0.1:{client}", $"--advertise-client-urls=http://127.0.0.1:{client}",
            $"--listen-peer-urls=http://127.0.0.1:{peer}", $"--initial-advertise-peer-urls=http://127.0.0.1:{peer}", $"--initial-cluster=default=http://127.0.0.1:{peer}", "--unsafe-no-fsync",
        ]);

        using var key = RSA.Create(2048);
        var keyFile = Path.Combine(_directory, "sa.key");
        var tokens = Path.Combine(_directory, "tokens.csv");
        await File.WriteAllTextAsync(keyFile, key.ExportRSAPrivateKeyPem());
        await File.WriteAllTextAsync(tokens, $"{AdminToken},admin,1,system:masters\n{ControllerToken},{Controller},2\n");
        var policy = Path.Combine(_directory, "audit-policy.yaml");
        await File.WriteAllTextAsync(policy, $$"""
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived]
            rules:
            - level: Metadata
              users: ["{{Controller}}"]
            - level: None
            """);
        Start(Path.Combine(assets, "kube-apiserver"), [
            $"--etcd-servers=http://127.0.0.1:{client}", "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", $"--secure-port={port}", "--insecure-port=0",
            $"--cert-dir={Path.Combine(_directory, "certs")}", $"--token-auth-file={tokens}", "--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/24",
            $"--service-account-key-file={keyFile}", $"--service-account-signing-key-file={keyFile}", "--service-account-issuer=https://kubernetes.default.svc",
            "--disable-admission-plugins=ServiceAccount", $"--audit-policy-file={policy}", $"--audit-log-path={AuditLog}",
        ]);

        Address = new Uri($"https://127.0.0.1:{port}/");
        Admin = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } }) { BaseAddress = Address };
        Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (!await IsUpAsync(deadline.Token)) await Task.Delay(200, deadline.Token);
        // Clients verify the server with its own self-signed certificate, in the place of a cluster's CA.
        var ca = Convert.ToBase64String(await File.ReadAllBytesAsync(Path.Combine(_directory, "certs", "apiserver.crt")));
        await File.WriteAllTextAsync(Kubeconfig, KubeconfigOf("controller", ControllerToken, ca));
        await File.WriteAllTextAsync(AdminKubeconfig, KubeconfigOf("admin", AdminToken, ca));
    }

    private string KubeconfigOf(string user, string token, string ca) => $$"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: real
          cluster:
            server: "{{Address}}"
            certificate-authority-data: "{{ca}}"
        users:
        - name: {{user}}
          user:
            token: "{{token}}"
        contexts:
        - name: real
          context:
            cluster: real
            user: {{user}}
        current-context: real
        """;

    // The API server has the file open for writing.
    private static string ReadShared(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = reader.ReadToEnd();
        // Leave out a last line that is not complete yet.
        return text[..(text.LastIndexOf('\n') + 1)];
    }

    private async Task<bool> IsUpAsync(CancellationToken cancellation)
    {
        try
        {
            using var ready = await Admin.GetAsync(new Uri("readyz", UriKind.Relative), cancellation);
            using var ns = await Admin.GetAsync(new Uri("api/v1/namespaces/default", UriKind.Relative), cancellation);
            return ready.IsSuccessStatusCode && ns.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Start(string program, string[] arguments) => _processes.Add(ChildProcess.Start(new ProgramCommand(program, []), arguments, new Dictionary<string, string>()));
}
