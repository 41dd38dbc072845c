using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Tests.TestKit.Certificates;

/// <summary>
/// A certificate that is served without its issuer's certificate, and names an address to fetch that certificate from
/// (RFC 5280, 4.2.2.1). A listener at the address notices whether anybody connects.
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

    private static X509Certificate2 Issue(Uri address) => CertificateSubject.New("names its issuer").WithKeyBy(
        CertificateSubject.New("not presented"), new CertificateOptions { Authority = false, IssuerAddress = address });
}
