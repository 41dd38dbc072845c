using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Shared.Certificates;

namespace AkkaVault.Controller.Certificates;

/// <summary>
/// A server certificate that may change meanwhile: each handshake takes the one of its moment, connections are left alone. Until
/// the first is loaded a self-signed one stands in, so that the kubelet's probes, which verify nothing, get their answers.
/// Safe to use from any thread.
/// </summary>
public sealed class ServerCertificate
{
    private static readonly TimeSpan StandInLifetime = TimeSpan.FromDays(3650);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile SslStreamCertificateContext _current = SslStreamCertificateContext.Create(SelfSigned.For(IPAddress.Loopback, StandInLifetime), null, offline: true);

    /// <summary>What is presented now, with its chain.</summary>
    public SslStreamCertificateContext Current => _current;

    /// <summary>Whether the first is loaded.</summary>
    public bool IsLoaded => _ready.Task.IsCompleted;

    /// <summary>Completes when the first is loaded.</summary>
    public Task ReadyAsync(CancellationToken cancellation) => _ready.Task.WaitAsync(cancellation);

    /// <summary>Puts another in its place.</summary>
    /// <param name="certificatePem">The certificate.</param>
    /// <param name="keyPem">Its key. A secret.</param>
    /// <param name="chain">Its issuers, which are presented with it.</param>
    /// <returns>It, without its key being told.</returns>
    /// <exception cref="System.Security.Cryptography.CryptographicException">They do not belong together, or cannot be read.</exception>
    public X509Certificate2 Replace(string certificatePem, string keyPem, X509Certificate2Collection chain)
    {
        var certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        // Self-signed ones are known to the peer, or not trusted.
        X509Certificate2Collection issuers = [.. chain.Where(issuer => issuer.Thumbprint != certificate.Thumbprint && issuer.Subject != issuer.Issuer)];
        _current = SslStreamCertificateContext.Create(certificate, issuers, offline: true);
        _ready.TrySetResult();
        return certificate;
    }

    /// <summary>A certificate, for people.</summary>
    public static string Describe(X509Certificate2 certificate) => string.Create(
        CultureInfo.InvariantCulture, $"subject \"{certificate.Subject}\", issuer \"{certificate.Issuer}\", valid to {certificate.NotAfter.ToUniversalTime():u}");
}
