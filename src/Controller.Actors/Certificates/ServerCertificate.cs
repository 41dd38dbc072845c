using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Shared.Certificates;

namespace AkkaVault.Controller.Certificates;

/// <summary>
/// A server certificate that may be replaced: a handshake takes the current one, and connections go on with theirs. Before the first is
/// loaded, a self-signed certificate takes its place, so that the kubelet's probes, which verify nothing, are answered.
/// Safe to use from any thread.
/// </summary>
internal sealed class ServerCertificate
{
    private static readonly TimeSpan StandInLifetime = TimeSpan.FromDays(3650);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile SslStreamCertificateContext _current = SslStreamCertificateContext.Create(SelfSigned.For(IPAddress.Loopback, StandInLifetime), null, offline: true);

    /// <summary>The current certificate, with its chain.</summary>
    public SslStreamCertificateContext Current => _current;

    /// <summary>Whether the first is loaded.</summary>
    public bool IsLoaded => _ready.Task.IsCompleted;

    /// <summary>Completes when the first is loaded.</summary>
    public Task ReadyAsync(CancellationToken cancellation) => _ready.Task.WaitAsync(cancellation);

    /// <summary>Replaces the certificate.</summary>
    /// <param name="certificatePem">The certificate.</param>
    /// <param name="keyPem">Its key. A secret.</param>
    /// <param name="chain">Its issuers, which are presented with it.</param>
    /// <returns>The certificate.</returns>
    /// <exception cref="System.Security.Cryptography.CryptographicException">Certificate and key do not belong together, or cannot be read.</exception>
    public X509Certificate2 Replace(string certificatePem, string keyPem, X509Certificate2Collection chain)
    {
        var certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        // A peer knows self-signed issuers already, or does not trust them.
        X509Certificate2Collection issuers = [.. chain.Where(issuer => issuer.Thumbprint != certificate.Thumbprint && issuer.Subject != issuer.Issuer)];
        _current = SslStreamCertificateContext.Create(certificate, issuers, offline: true);
        _ready.TrySetResult();
        return certificate;
    }

    /// <summary>A certificate, for people.</summary>
    public static string Describe(X509Certificate2 certificate) => string.Create(
        CultureInfo.InvariantCulture, $"subject \"{certificate.Subject}\", issuer \"{certificate.Issuer}\", valid to {certificate.NotAfter.ToUniversalTime():u}");
}
