using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Remote.Transport.DotNetty;
using AkkaVault.Sandbox;
using AkkaVault.Shared.Certificates;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Certificates;
using AkkaVault.Tests.TestKit.Sandbox;
using Xunit.Abstractions;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>
/// Several controller processes that authenticate one another by certificates, and strangers.
/// <c>ClusterCertificateTests</c>, which take longer, test how certificates are replaced.
/// </summary>
public sealed class ClusterTlsTests(ITestOutputHelper output) : ControllerClusterTest(output), IDisposable
{
    private const int RemotingPort = 2552;
    private const string FromVault = "tls: {vaultCertBackend: intermediate-ca, vaultCertRole: kubernetes-vault, vaultCABackends: [root-ca]}";
    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-cluster-").FullName;
    private readonly TestCa _ca = new("controllers");
    private readonly TestCa _other = new("strangers");
    private readonly HashSet<string> _strangers = [];

    public void Dispose()
    {
        _ca.Dispose();
        _other.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task With_certificates_from_files_three_form_one_cluster_and_serve()
    {
        await PrepareAsync(new SandboxSetup { Controllers = 3, ClusterKeys = (_, ip) => Files(ip) });
        for (var index = 0; index < 3; index++) await Cluster.Controllers.StartAsync(index);
        await OneClusterAsync();
        await ServeAsync();
        var leader = await LeaderAsync();
        await Cluster.Controllers.KillAsync(leader);
        await ServeAsync();
        await Cluster.Controllers.StartAsync(leader);
        await OneClusterAsync();
    }

    [Fact]
    public async Task One_with_a_certificate_of_another_CA_and_one_without_any_can_neither_join_nor_send()
    {
        await PrepareAsync(new SandboxSetup { Controllers = 3, ClusterKeys = (_, ip) => Files(ip) });
        await Cluster.Controllers.StartAsync(0);
        await Cluster.Controllers.StartAsync(1);
        await Eventually.TrueAsync(() => MembersAsync(0), members => members?.Up.Count == 2, "the two of them form a cluster");

        _strangers.Add(Cluster.Controllers.AddressOf(2));
        await TriesInVainAsync();
        // A controller logs a refusal once for its own connections and once for connections to it. Here all connections come from one address.
        for (var index = 0; index < 2; index++)
            Assert.InRange(Cluster.Controllers[index].Process.Output.Count(line => line.Contains("is refused", StringComparison.Ordinal)), 0, 2);
        await Eventually.TrueAsync(() => Enumerable.Range(0, 2).SelectMany(index => Cluster.Controllers[index].Process.Output).Any(line => line.Contains("it does not chain to any of the 1 configured CA certificates", StringComparison.Ordinal)), "who is refused is told, and why");
        await Cluster.Controllers.KillAsync(2);

        await MessagesArriveAsync();
        using var foreign = _other.Issue(IPAddress.Loopback, TimeSpan.FromHours(1), TrustAnchors.ServerAuthentication, TrustAnchors.ClientAuthentication);
        await ClosedToAsync(SslStreamCertificateContext.Create(foreign, null, offline: true));
        await ClosedToAsync(null);
        await ServeAsync();
    }

    [Fact]
    public async Task One_without_TLS_does_not_join_those_with_it()
    {
        var plain = "";
        await PrepareAsync(new SandboxSetup { Controllers = 3, ClusterKeys = (_, ip) => ip == plain ? "" : Files(ip) });
        await Cluster.Controllers.StartAsync(0);
        await Cluster.Controllers.StartAsync(1);
        await Eventually.TrueAsync(() => MembersAsync(0), members => members?.Up.Count == 2, "the two of them form a cluster");
        plain = Cluster.Controllers.AddressOf(2);
        await Cluster.Controllers.StartAsync(2);
        var stranger = Cluster.Controllers[2].Process;
        await Eventually.TrueAsync(() => stranger.Output.Any(line => line.Contains("cluster.tls must be set for all controllers or for none", StringComparison.Ordinal)), "it says what is wrong");
        await ServeAsync();
        await Eventually.TrueAsync(() => MembersAsync(0), members => members is { Up.Count: 2, Others.Count: 0 }, "the two of them are a cluster, and nobody else");
        await Eventually.TrueAsync(() => MembersAsync(2), members => members is { Up.Count: 0 }, "the third is in no cluster");
        // The controller logs the problem once for each member that it sees, and does not repeat it.
        Assert.InRange(stranger.Output.Count, 1, 100);
    }

    [Fact]
    public async Task While_there_is_no_certificate_nothing_is_begun_and_it_can_be_asked_to_stop()
    {
        await PrepareAsync(new SandboxSetup { Controllers = 3, ClusterKeys = (_, _) => FromVault });
        await Cluster.Controllers.StartAsync(0);
        var waiting = Cluster.Controllers[0].Process;
        await Eventually.TrueAsync(() => waiting.Output.Any(line => line.Contains("The certificate for the other controllers could not be loaded", StringComparison.Ordinal)), "it asks in vain");
        using (var socket = new TcpClient())
            await Assert.ThrowsAsync<SocketException>(() => socket.ConnectAsync(Cluster.Controllers.AddressOf(0), RemotingPort, Deadline).AsTask());
        Assert.Equal(0, await Cluster.Controllers[0].StopAsync());
    }

    [Fact]
    public async Task One_whose_Vault_token_breaks_the_rules_ends_before_it_has_a_certificate()
    {
        await PrepareAsync(new SandboxSetup { Controllers = 3, VaultKeys = cluster => $"token: {cluster.Vault.RootToken}", ClusterKeys = (_, _) => FromVault });
        await Cluster.Controllers.StartAsync(0);
        Assert.Equal(1, await Cluster.Controllers[0].Process.ExitAsync().EndsAsync());
        Assert.Contains(Cluster.Controllers[0].Process.Output, line => line.Contains("vault.token holds the root policy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_strangers_certificate_names_is_not_fetched()
    {
        await PrepareAsync(new SandboxSetup { Controllers = 3, ClusterKeys = (_, ip) => Files(ip) });
        await Cluster.Controllers.StartAsync(0);
        var asked = Cluster.Controllers[0].Process;
        await Eventually.TrueAsync(RemotingListensAsync, "remoting listens");
        using var issuer = new NamedIssuer(IPAddress.Loopback);
        await ClosedToAsync(SslStreamCertificateContext.Create(issuer.Certificate, null, offline: true));
        await Eventually.TrueAsync(() => asked.Output.Any(line => line.Contains("is refused", StringComparison.Ordinal) && line.Contains("names its issuer", StringComparison.Ordinal)), "it says whom it refuses");
        Assert.False(await issuer.WasAskedAsync(), "the controller went where the certificate says");
    }

    // Wait until the stranger tries to join for the second time or ends. Akka shuts down a system whose handshake the other side refuses.
    private async Task TriesInVainAsync()
    {
        await Cluster.Controllers.StartAsync(2);
        var stranger = Cluster.Controllers[2].Process;
        await Eventually.TrueAsync(() => stranger.Output.Count(line => line.Contains("joining the cluster of", StringComparison.Ordinal)) >= 2 || stranger.HasExited, "it has tried to join");
        for (var index = 0; index < 2; index++)
        {
            var asked = index;
            await Eventually.TrueAsync(() => MembersAsync(asked), members => members is { Up.Count: 2, Others.Count: 0 }, $"controller {asked} sees the two of them, and nobody else");
        }

        Assert.True(await MembersAsync(2) is null or { Up.Count: 0 });
    }

    /// <summary>A visitor with a certificate of the CA gets an answer. This shows that nothing but the certificate keeps a stranger out.</summary>
    private async Task MessagesArriveAsync()
    {
        using var certificate = _ca.Issue(IPAddress.Loopback, TimeSpan.FromHours(1), TrustAnchors.ServerAuthentication, TrustAnchors.ClientAuthentication);
        using var usable = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        var config = Akka.Configuration.ConfigurationFactory.ParseString("""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              actor.provider = remote
              remote.retry-gate-closed-for = 200ms
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, enable-ssl = on }
            }
            """);
        var system = ActorSystem.Create("visitor", ActorSystemSetup.Empty.And(BootstrapSetup.Create().WithConfig(config)).And(new DotNettySslSetup(usable, false, true, false, (_, _, _, _, _) => true)));
        try
        {
            var there = system.ActorSelection($"akka.ssl.tcp://kubernetes-vault@{Cluster.Controllers.AddressOf(0)}:{RemotingPort}/system/cluster");
            // A message is lost when the connection that it waits for fails, and on a busy machine the controller gives up a slow handshake.
            await Eventually.TrueAsync(async () => await AnswersAsync(there), "with a certificate of the CA messages arrive");
        }
        finally
        {
            await system.Terminate().EndsAsync();
        }
    }

    private static async Task<bool> AnswersAsync(ActorSelection there)
    {
        try
        {
            return await there.ResolveOne(TimeSpan.FromSeconds(5)) is not null;
        }
        catch (ActorNotFoundException)
        {
            return false;
        }
    }

    private async Task<bool> RemotingListensAsync()
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(Cluster.Controllers.AddressOf(0), RemotingPort, Deadline);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task ClosedToAsync(SslStreamCertificateContext? presented)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(Cluster.Controllers.AddressOf(0), RemotingPort, Deadline);
        await using var stream = new SslStream(socket.GetStream(), false, (_, _, _, _) => true);
        var closed = 0;
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "x", ClientCertificateContext = presented }, Deadline);
            closed = await stream.ReadAsync(new byte[1], Deadline);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            closed = 0;
        }

        Assert.Equal(0, closed);
    }

    private string Files(string ip)
    {
        var (stranger, path) = (_strangers.Contains(ip), Path.Combine(_directory, ip));
        // The stranger itself trusts the controllers, so only the controllers refuse.
        File.WriteAllText($"{path}.ca", stranger ? _ca.Pem + _other.Pem : _ca.Pem);
        using var certificate = (stranger ? _other : _ca).Issue(IPAddress.Parse(ip), TimeSpan.FromHours(1), TrustAnchors.ServerAuthentication, TrustAnchors.ClientAuthentication);
        File.WriteAllText($"{path}.crt", certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText($"{path}.key", key.ExportPkcs8PrivateKeyPem());
        return $"tls: {{certFile: \"{path}.crt\", certKey: \"{path}.key\", caCert: \"{path}.ca\"}}";
    }
}
