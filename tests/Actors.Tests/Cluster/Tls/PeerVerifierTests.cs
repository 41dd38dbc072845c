using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Cluster.Tls;
using AkkaVault.Shared.Certificates;
using AkkaVault.Tests.TestKit.Certificates;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Actors.Tests.Cluster.Tls;

/// <summary>Which peers count as controllers, and how often refused ones are logged.</summary>
public sealed class PeerVerifierTests : ILogger<PeerVerifier>
{
    private const string Peer = "akka.ssl.tcp://kubernetes-vault@10.1.0.7:2552";
    private static readonly Oid[] Both = [TrustAnchors.ServerAuthentication, TrustAnchors.ClientAuthentication];
    private readonly CaBundle _cas = new();
    private readonly List<string> _said = [];
    private readonly PeerVerifier _peers;

    public PeerVerifierTests() => _peers = new PeerVerifier(new ServerCertificate(), _cas, this);

    [Theory]
    [InlineData(Peer, "10.1.0.7")]
    [InlineData("akka.ssl.tcp://kubernetes-vault@[fd00::7]:2552", "fd00::7")]
    [InlineData("[::ffff:10.1.0.7]:41234", "10.1.0.7")]
    [InlineData("[fd00::7]:41234", "fd00::7")]
    [InlineData("unknown", "unknown")]
    public void A_peer_is_named_by_its_address_whatever_its_port(string peer, string host) => Assert.Equal(host, PeerVerifier.HostOf(peer));

    [Fact]
    public void One_of_the_CA_that_is_good_both_ways_is_trusted_and_others_are_named_once()
    {
        using var ours = new TestCa("ours");
        using var theirs = new TestCa("theirs");
        using var good = Issue(ours, Both);
        using var server = Issue(ours, TrustAnchors.ServerAuthentication);
        using var client = Issue(ours, TrustAnchors.ClientAuthentication);
        using var strange = Issue(theirs, Both);
        Assert.False(_peers.IsTrusted(good, [], Peer));
        Assert.Contains("it has not been loaded yet", Assert.Single(_said), StringComparison.Ordinal);

        _cas.Replace(CaCertificates.Parse(ours.Pem));
        Assert.True(_peers.IsTrusted(good, [], Peer));
        Assert.Single(_said);
        Assert.False(_peers.IsTrusted(server, [], Peer));
        Assert.False(_peers.IsTrusted(client, [], Peer));
        Assert.False(_peers.IsTrusted(null, [], Peer));

        _said.Clear();
        for (var attempt = 0; attempt < 5; attempt++) Assert.False(_peers.IsTrusted(strange, [theirs.Certificate], $"[::ffff:10.1.0.9]:{40000 + attempt}"));
        Assert.Contains("Another controller at 10.1.0.9 is refused", Assert.Single(_said), StringComparison.Ordinal);
        // The verifier uses the present bundle.
        _cas.Replace(CaCertificates.Parse(theirs.Pem));
        Assert.True(_peers.IsTrusted(strange, [], "[::ffff:10.1.0.9]:50000"));
        Assert.False(_peers.IsTrusted(good, [], Peer));
    }

    [Fact]
    public void The_issuers_of_the_own_certificate_are_known()
    {
        var (root, intermediate) = (CertificateSubject.New("root"), CertificateSubject.New("intermediate"));
        using var rootCertificate = root.By(root, new CertificateOptions());
        using var intermediateCertificate = intermediate.By(root, new CertificateOptions());
        var controller = new CertificateOptions { Authority = false, Purposes = Both };
        using var mine = CertificateSubject.New("controller").WithKeyBy(intermediate, controller);
        using var theirs = CertificateSubject.New("controller").By(intermediate, controller);
        _cas.Replace(CaCertificates.Parse(rootCertificate.ExportCertificatePem()));
        Assert.False(_peers.IsTrusted(theirs, [], Peer));
        var own = new ServerCertificate();
        using var key = mine.GetECDsaPrivateKey()!;
        own.Replace(mine.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), [intermediateCertificate]);
        Assert.True(new PeerVerifier(own, _cas, this).IsTrusted(theirs, [], Peer));
    }

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _said.Add(formatter(state, exception));

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    private static X509Certificate2 Issue(TestCa ca, params Oid[] purposes) => ca.Issue(IPAddress.Loopback, TimeSpan.FromHours(1), purposes);
}
