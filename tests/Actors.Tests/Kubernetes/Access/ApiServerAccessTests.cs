using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Access;
using AkkaVault.Tests.TestKit.Certificates;

namespace AkkaVault.Actors.Tests.Kubernetes.Access;

/// <summary>What a kubeconfig says reaches the API server as with kubectl. The files that it names may be replaced at any time.</summary>
public sealed class ApiServerAccessTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly CertificateOptions Authority = new() { KeyIds = true };
    private static readonly CertificateOptions Leaf = new() { KeyIds = true, Authority = false, Names = ["127.0.0.1"] };

    private readonly KubeconfigFolder _folder = new();
    private readonly CertificateSubject _root = CertificateSubject.New("root");
    private readonly CertificateSubject _intermediate = CertificateSubject.New("intermediate");
    private readonly CertificateSubject _server = CertificateSubject.New("server");
    private readonly CertificateSubject _client = CertificateSubject.New("client");
    private TlsApiServer? _api;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_api is not null) await _api.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Tls_server_name_is_asked_for_and_is_what_the_certificate_must_be_for()
    {
        using var certificate = Serve(Leaf with { Names = ["api.internal"] });
        using (var api = Connect()) Assert.Contains("it is not for the name 127.0.0.1", await FailureAsync(api), StringComparison.Ordinal);
        using (var api = Connect(", tls-server-name: other.internal")) Assert.Contains("it is not for the name other.internal", await FailureAsync(api), StringComparison.Ordinal);
        using (var api = Connect(", tls-server-name: api.internal")) Assert.Equal("api.internal", (await AskAsync(api)).Name);
    }

    [Fact]
    public async Task The_issuers_of_a_client_certificate_are_sent_with_it()
    {
        using var certificate = Serve(Leaf);
        var pem = _client.By(_intermediate, Leaf).ExportCertificatePem() + "\n" + _intermediate.By(_root, Authority).ExportCertificatePem();
        using var api = Connect(user: $"client-certificate-data: {KubeconfigFolder.Base64(pem)}, client-key-data: {KubeconfigFolder.Base64(_client.KeyPem)}");
        Assert.Equal(["CN=client", "CN=intermediate"], (await AskAsync(api)).Client);
    }

    [Fact]
    public async Task A_client_certificate_that_is_replaced_is_presented_at_the_next_request()
    {
        _api = new TlsApiServer(WithKey(_server.By(_root, Leaf), _server)) { KeepsConnections = true };
        void Write(CertificateSubject subject)
        {
            _folder.Write("client.crt", subject.By(_root, Leaf).ExportCertificatePem());
            _folder.Write("client.key", subject.KeyPem);
        }

        Write(_client);
        using var api = Connect(user: "client-certificate: client.crt, client-key: client.key");
        Assert.Equal(["CN=client"], (await AskAsync(api)).Client);
        Write(CertificateSubject.New("successor"));
        Assert.Equal(["CN=successor"], (await AskAsync(api)).Client);
    }

    [Fact]
    public async Task A_token_file_is_read_for_each_request()
    {
        using var certificate = Serve(Leaf);
        _folder.Write("token", "first\n");
        using var api = Connect(user: "tokenFile: token");
        Assert.Equal("Bearer first", (await AskAsync(api)).Header("Authorization"));
        _folder.Write("token", "second");
        Assert.Equal("Bearer second", (await AskAsync(api)).Header("Authorization"));
        _folder.Write("token", "s3cr3t\ns3cr3t");
        Assert.DoesNotContain("s3cr3t", await FailureAsync(api), StringComparison.Ordinal);
        File.Delete(_folder.At("token"));
        Assert.Contains(_folder.At("token"), await FailureAsync(api), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_CA_file_that_is_replaced_verifies_the_next_handshake()
    {
        var successor = CertificateSubject.New("successor");
        using var certificate = Serve(Leaf);
        _folder.Write("ca.crt", _root.By(_root, Authority).ExportCertificatePem());
        using var api = _folder.ConnectTo($"server: \"{_api!.Url}\", certificate-authority: ca.crt");
        await AskAsync(api);
        using var next = WithKey(_server.By(successor, Leaf), _server);
        _api.Certificate = SslStreamCertificateContext.Create(next, null, offline: true);
        Assert.Contains("it does not chain to any of the 1 configured CA certificates", await FailureAsync(api), StringComparison.Ordinal);
        _folder.Write("ca.crt", "half a file");
        Assert.Contains("ca.crt holds no certificates in PEM", await FailureAsync(api), StringComparison.Ordinal);
        _folder.Write("ca.crt", successor.By(successor, Authority).ExportCertificatePem());
        await AskAsync(api);
    }

    [Fact]
    public async Task Token_and_CA_of_a_service_account_are_replaced_while_it_is_used()
    {
        var successor = CertificateSubject.New("root");
        using var certificate = Serve(Leaf);
        var (folder, server) = (Path.GetDirectoryName(_folder.File)!, new Uri(_api!.Url));
        ApiServer? Find(string? host) => ApiServer.OfServiceAccount(folder, host, $"{server.Port}");
        Assert.Null(Find(server.Host));
        _folder.Write("token", "first");
        Assert.Null(Find(server.Host));
        _folder.Write("ca.crt", "none");
        Assert.Contains("ca.crt: expected the CA certificates of the API server in PEM", Assert.Throws<KubeconfigException>(() => Find(server.Host)).Message, StringComparison.Ordinal);
        _folder.Write("ca.crt", _root.By(_root, Authority).ExportCertificatePem());
        Assert.Null(Find(null));
        using (var sixth = Find("fd00::1")) Assert.Equal($"https://[fd00::1]:{server.Port}/", $"{sixth!.Address}");

        using var api = Find(server.Host)!;
        Assert.Equal("Bearer first", (await AskAsync(api)).Header("Authorization"));
        using var next = WithKey(_server.By(successor, Leaf), _server);
        _api.Certificate = SslStreamCertificateContext.Create(next, null, offline: true);
        _folder.Write("token", "second");
        Assert.Contains("has the name of an issuer, but another key", await FailureAsync(api), StringComparison.Ordinal);
        _folder.Write("ca.crt", successor.By(successor, Authority).ExportCertificatePem());
        Assert.Equal("Bearer second", (await AskAsync(api)).Header("Authorization"));
    }

    [Fact]
    public async Task An_intermediate_and_several_certificates_may_be_the_certificate_authority()
    {
        using var certificate = WithKey(_server.By(_intermediate, Leaf), _server);
        _api = new TlsApiServer(certificate);
        foreach (var pems in (X509Certificate2[][])[[_intermediate.By(_root, Authority)], [CertificateSubject.New("root").By(_client, Authority), _intermediate.By(_root, Authority)]])
        {
            var data = KubeconfigFolder.Base64(string.Join('\n', pems.Select(pem => pem.ExportCertificatePem())));
            using var api = _folder.ConnectTo($"server: \"{_api.Url}\", certificate-authority-data: {data}");
            await AskAsync(api);
        }
    }

    [Fact]
    public async Task Each_request_names_the_user_that_is_impersonated()
    {
        using var certificate = Serve(Leaf);
        using var api = Connect(user: "username: admin, password: 'p:w', as: jané, as-uid: '7', as-groups: [devs, ops], as-user-extra: {'acme.com/scope%': [a, b]}");
        var arrival = await AskAsync(api);
        Assert.Equal($"Basic {KubeconfigFolder.Base64("admin:p:w")}", arrival.Header("Authorization"));
        Assert.Equal("jané", arrival.Header("Impersonate-User"));
        Assert.Equal("7", arrival.Header("Impersonate-Uid"));
        Assert.Equal("devs ops", string.Join(' ', arrival.Head.Where(line => line.StartsWith("Impersonate-Group: ", StringComparison.Ordinal)).SelectMany(line => line[19..].Split(", "))));
        Assert.Equal("a b", string.Join(' ', arrival.Head.Where(line => line.StartsWith("Impersonate-Extra-acme.com%2Fscope%25: ", StringComparison.Ordinal)).SelectMany(line => line[39..].Split(", "))));
    }

    [Fact]
    public async Task A_command_gives_credentials_and_is_run_again_when_they_are_refused_or_have_expired()
    {
        using var certificate = Serve(Leaf);
        var told = _folder.At("told");
        // The plugin records its input. It prints the token and the expiry from a file.
        var plugin = _folder.Write("plugin", $"printf %s \"$KUBERNETES_EXEC_INFO\" > {told}\necho asked >> {told}.times\ncat {_folder.At("answer")}\n");
        File.CreateSymbolicLink(_folder.At("sh"), "/bin/sh");
        void Answer(string status) => _folder.Write("answer", $$$"""{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {{{{status}}}}}""");
        int Times() => File.ReadAllLines($"{told}.times").Length;

        Answer("\"token\": \"first\"");
        using var api = Connect(
            ", extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: x, n: 1}}]",
            $"exec: {{apiVersion: client.authentication.k8s.io/v1, command: ./sh, args: ['{plugin}'], interactiveMode: IfAvailable, provideClusterInfo: true}}");
        Assert.Equal("Bearer first", (await AskAsync(api)).Header("Authorization"));
        var info = JsonNode.Parse(await File.ReadAllTextAsync(told))!;
        Assert.False((bool)info["spec"]!["interactive"]!);
        Assert.Equal($"{_api!.Url}", (string)info["spec"]!["cluster"]!["server"]!);
        Assert.Equal("""{"audience":"x","n":1}""", info["spec"]!["cluster"]!["config"]!.ToJsonString());
        Answer("\"token\": \"second\", \"expirationTimestamp\": \"2020-01-01T00:00:00Z\"");
        Assert.Equal("Bearer first", (await AskAsync(api)).Header("Authorization"));
        Assert.Equal(1, Times());

        _api.Status = "401 Unauthorized";
        await AskAsync(api);
        _api.Status = "200 OK";
        Assert.Equal("Bearer second", (await AskAsync(api)).Header("Authorization"));
        Assert.Equal(2, Times());
        Answer($"\"clientCertificateData\": {System.Text.Json.JsonSerializer.Serialize(_client.By(_root, Leaf).ExportCertificatePem())}, \"clientKeyData\": {System.Text.Json.JsonSerializer.Serialize(_client.KeyPem)}, \"expirationTimestamp\": \"2020-01-01T00:00:00Z\"");
        var arrival = await AskAsync(api);
        Assert.Equal(["CN=client"], arrival.Client);
        Assert.Null(arrival.Header("Authorization"));

        _folder.Write("answer", "s3cr3t");
        var failure = await FailureAsync(api);
        Assert.Contains("sh did not write an ExecCredential as JSON", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", failure, StringComparison.Ordinal);
        Answer("\"token\": \"third\"");
        Assert.Equal("Bearer third", (await AskAsync(api)).Header("Authorization"));
    }

    [Fact]
    public async Task A_missing_command_is_named_with_its_install_hint()
    {
        using var certificate = Serve(Leaf);
        using var api = Connect(user: "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: no-such-plugin, installHint: apt install it}");
        Assert.Contains("no-such-plugin cannot be run", await FailureAsync(api), StringComparison.Ordinal);
        Assert.Contains("apt install it", await FailureAsync(api), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_proxy_of_the_kubeconfig_is_used()
    {
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        using var api = _folder.ConnectTo($"server: \"http://api.invalid\", proxy-url: \"http://user:word@{proxy.LocalEndpoint}\"");
        var asking = api.GetAsync("api", CancellationToken.None);
        using var client = await proxy.AcceptTcpClientAsync().WaitAsync(Deadline);
        using var reader = new StreamReader(client.GetStream());
        Assert.Equal("GET http://api.invalid/api HTTP/1.1", await reader.ReadLineAsync());
        await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        using var answer = await asking.WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private X509Certificate2 Serve(CertificateOptions options)
    {
        var certificate = WithKey(_server.By(_root, options), _server);
        _api = new TlsApiServer(certificate);
        return certificate;
    }

    private ApiServer Connect(string more = "", string user = "token: t") =>
        _folder.ConnectTo($"server: \"{_api!.Url}\", certificate-authority-data: {KubeconfigFolder.Base64(_root.By(_root, Authority).ExportCertificatePem())}{more}", user);

    private async Task<Arrival> AskAsync(ApiServer api)
    {
        using var answer = await api.GetAsync("api", CancellationToken.None).WaitAsync(Deadline);
        return _api!.Arrivals.Last();
    }

    // Return the whole exception with its causes: .NET's message alone does not explain it.
    private static async Task<string> FailureAsync(ApiServer api) =>
        (await Assert.ThrowsAsync<HttpRequestException>(() => api.GetAsync("api", CancellationToken.None).WaitAsync(Deadline))).ToString();

    private static X509Certificate2 WithKey(X509Certificate2 certificate, CertificateSubject subject) => certificate.CopyWithPrivateKey(subject.Key);
}
