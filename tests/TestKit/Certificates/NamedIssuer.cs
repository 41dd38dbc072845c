using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Tests.TestKit.Certificates;

/// <summary>
/// A certificate without its issuer, which names an address to fetch the issuer from (RFC 5280, 4.2.2.1), and a listener at that address.
/// </summary>
public sealed class NamedIssuer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly Task _listening;
    private volatile bool _asked;

    public NamedIssuer(IPAddress address)
    {
        _listener = new TcpListener(address, 0);
        _listener.Start();
        _listening = ListenAsync();
        Certificate = Issue(new Uri($"http://{_listener.LocalEndpoint}/ca.cer"));
    }

    /// <summary>The certificate with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Stops listening, and returns whether anybody connected.</summary>
    public async Task<bool> WasAskedAsync()
    {
        // A connection in the queue counts, too.
        var queued = _listener.Pending();
        _listener.Stop();
        await _listening;
        return _asked || queued;
    }

    public void Dispose()
    {
        _listener.Dispose();
        Certificate.Dispose();
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                using var visitor = await _listener.AcceptTcpClientAsync();
                _asked = true;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The listener is stopped.
            return;
        }
    }

    private static X509Certificate2 Issue(Uri issuer)
    {
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        var ca = new CertificateRequest("CN=not presented", caKey, HashAlgorithmName.SHA256);
        ca.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = ca.CreateSelfSigned(now.AddMinutes(-5), now.AddHours(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leaf = new CertificateRequest("CN=names its issuer", key, HashAlgorithmName.SHA256);
        leaf.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(ocspUris: null, caIssuersUris: [issuer.ToString()]));
        using var signed = leaf.Create(root, now.AddMinutes(-5), now.AddHours(1), [1]);
        return signed.CopyWithPrivateKey(key);
    }
}
