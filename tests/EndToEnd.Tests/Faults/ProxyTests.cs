using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using AkkaVault.EndToEnd.Tests.InitContainer;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Network;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Push;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Faults;

/// <summary>The address of a proxy may contain a password, and errors name addresses.</summary>
public sealed class ProxyTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-proxy-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("502 Bad Gateway", "502")]
    [InlineData("407 Proxy Authentication Required", "407")]
    public async Task Between_controller_and_Vault_it_says_that_it_refuses_and_not_its_password(string status, string said)
    {
        using var proxy = new RefusingProxy(status);
        await using var api = await SimulatedApiServer.StartAsync();
        var kubeconfig = Path.Combine(_directory, "kubeconfig");
        api.WriteKubeconfig(kubeconfig);
        var metrics = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        await using var controller = Start(proxy, "https://vault.invalid:8200", kubeconfig, metrics);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var ready = "";
        await Eventually.TrueAsync(
            async () => ready = await ReadyAsync(http, metrics), answer => answer.Contains($"did not open a tunnel: it answered {said}", StringComparison.Ordinal), "readiness has the reason");
        await Eventually.TrueAsync(() => controller.Output.Any(line => line.Contains($"did not open a tunnel: it answered {said}", StringComparison.Ordinal)), "and so has the log");
        Assert.DoesNotContain(RefusingProxy.Secret, ready, StringComparison.Ordinal);
        Assert.DoesNotContain(controller.Output, line => line.Contains(RefusingProxy.Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Between_controller_and_API_server_as_well()
    {
        using var proxy = new RefusingProxy("503 Service Unavailable");
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), default);
        var kubeconfig = Path.Combine(_directory, "kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, """
            apiVersion: v1
            kind: Config
            clusters: [{name: x, cluster: {server: "https://somebody:hush@api.invalid:6443"}}]
            users: [{name: x, user: {token: t}}]
            contexts: [{name: x, context: {cluster: x, user: x}}]
            current-context: x
            """);
        await using var controller = Start(proxy, vault.Address.ToString(), kubeconfig, new IPEndPoint(IPAddress.Loopback, FreePort.Next()), vault.Setup.CreateControllerToken([]), "kubernetes");
        await Eventually.TrueAsync(
            () => controller.Output.Count(line => line.Contains("did not open a tunnel: it answered 503", StringComparison.Ordinal)) >= 2, "the log has the reason, more than once");
        Assert.DoesNotContain(controller.Output, line => line.Contains(RefusingProxy.Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Between_init_container_and_Vault_as_well()
    {
        using var proxy = new RefusingProxy("502 Bad Gateway");
        await using var init = await InitProcess.StartAsync(proxy.Environment());
        using var answer = await init.Http.PostAsync("/", new ByteArrayContent(new SecretPush("s.token", DateTimeOffset.UtcNow, 60, "https://somebody:hush@vault.invalid:8200", null).Encode()));
        var body = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("did not open a tunnel: it answered 502", body, StringComparison.Ordinal);
        await init.SaidAsync("did not open a tunnel: it answered 502");
        Assert.DoesNotContain(RefusingProxy.Secret, body, StringComparison.Ordinal);
        Assert.DoesNotContain(RefusingProxy.Secret, init.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_controller_reaches_what_a_CIDR_block_of_NO_PROXY_has_without_it()
    {
        var here = OwnAddress();
        using var proxy = new RefusingProxy("502 Bad Gateway");
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions { EndPoint = new IPEndPoint(here, 0) }, default);
        await using var api = await SimulatedApiServer.StartAsync(address: here);
        var kubeconfig = Path.Combine(_directory, "kubeconfig");
        api.WriteKubeconfig(kubeconfig);
        var metrics = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
        await using var controller = Start(proxy, vault.Address.ToString(), kubeconfig, metrics, vault.Setup.CreateControllerToken([]), "kubernetes", OpenShift(here));
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await Eventually.TrueAsync(async () => await ReadyAsync(http, metrics), answer => answer == "ok", "the controller is ready");
        Assert.Equal(0, proxy.Asked);
    }

    [SkippableTheory]
    [InlineData(true, "wrapping-token-invalid")]
    [InlineData(false, "vault-unavailable")]
    public async Task And_so_does_an_init_container(bool excepted, string reason)
    {
        var here = OwnAddress();
        using var proxy = new RefusingProxy("502 Bad Gateway");
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions { EndPoint = new IPEndPoint(here, 0) }, default);
        await using var init = await InitProcess.StartAsync(proxy.Environment(excepted ? OpenShift(here) : ""));
        using var answer = await init.Http.PostAsync("/", new ByteArrayContent(new SecretPush("s.token", DateTimeOffset.UtcNow, 60, vault.Address.ToString(), null).Encode()));
        var body = await answer.Content.ReadAsStringAsync();
        Assert.Contains($"\"{reason}\"", body, StringComparison.Ordinal);
        Assert.Equal(excepted, !body.Contains("the answer 502 did not come from Vault", StringComparison.Ordinal));
        Assert.Equal(excepted ? 0 : 1, proxy.Asked);
    }

    [Fact]
    public async Task An_address_that_is_none_of_a_proxy_ends_an_init_container_with_2()
    {
        await using var init = await InitProcess.StartAsync(new Dictionary<string, string> { ["HTTPS_PROXY"] = "http://somebody:hush@proxy:x" }, listens: false);
        Assert.Equal(2, await init.ExitCodeAsync());
        Assert.Contains("HTTPS_PROXY: is not the address of a proxy (it is not shown here)", init.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(RefusingProxy.Secret, init.Output, StringComparison.Ordinal);
    }

    // OpenShift writes this NO_PROXY into every pod. This machine's address has its own block in it.
    private static string OpenShift(IPAddress here) =>
        $".cluster.local,.svc,10.0.0.0/16,10.128.0.0/14,127.0.0.1,169.254.169.254,172.30.0.0/16,{here}/28,api-int.lab.example.com,localhost";

    private static IPAddress OwnAddress()
    {
        var address = NetworkInterface.GetAllNetworkInterfaces().SelectMany(network => network.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address)
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));
        Skip.If(address is null, "this machine has no address but loopback ones, and those are never asked by a proxy");
        return address!;
    }

    private ChildProcess Start(RefusingProxy proxy, string vault, string kubeconfig, IPEndPoint metrics, string token = "s.token", string store = "none", string except = "")
    {
        var config = Path.Combine(_directory, "kubernetes-vault.yml");
        File.WriteAllText(config, $$"""
            vault: {addr: "{{vault}}", token: {{token}}}
            kubernetes: {watchNamespace: default, serviceNamespace: default, service: kubernetes-vault}
            state: {store: {{store}}}
            metrics: {address: "{{metrics}}"}
            """);
        return ChildProcess.Start(
            ControllerProgram.Command, ["--config", config, "--log-level", "debug"], new Dictionary<string, string>(proxy.Environment(except)) { ["KUBECONFIG"] = kubeconfig });
    }

    private static async Task<string> ReadyAsync(HttpClient http, IPEndPoint metrics)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://{metrics}/healthz/ready"));
            return await answer.Content.ReadAsStringAsync();
        }
        catch (HttpRequestException e)
        {
            // The port does not listen yet.
            return e.Message;
        }
    }
}
