using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Controller.Certificates;
using AkkaVault.Shared.Certificates;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Vault;

/// <summary>What the controller verifies Vault with: a bundle that may change meanwhile, or the system's roots.</summary>
/// <param name="bundle">The bundle; null: the system's roots.</param>
public sealed class VaultTrust(CaBundle? bundle) : IServerTrust
{
    private static readonly SystemTrust SystemRoots = new();
    private volatile Presented? _last;

    private sealed record Presented(X509Certificate2 Certificate, X509Certificate2Collection Others);

    /// <summary>Goes to the pods, which verify Vault with it; null: they use their system's roots.</summary>
    public string? Pem => bundle?.Current?.Pem;

    /// <summary>Why Vault cannot be verified yet; null when it can.</summary>
    public string? Problem => bundle?.Problem is { } problem ? $"the CA certificates for Vault are missing: {problem}" : null;

    /// <summary>Completes when Vault can be verified.</summary>
    public Task ReadyAsync(CancellationToken cancellation) => bundle?.ReadyAsync(cancellation) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public string? WhyNot(X509Certificate2 presented, X509Certificate2Collection others, SslPolicyErrors errors)
    {
        if (bundle is null) return SystemRoots.WhyNot(presented, others, errors);
        if (bundle.Current is not { } current) return bundle.Problem;
        if (new AnchoredTrust(current.Certificates).WhyNot(presented, others, errors) is { } why) return why;
        // Copies: the handshake's own are gone when it is over.
        _last = new Presented(Copy(presented), [.. others.Select(Copy)]);
        return null;
    }

    /// <summary>Whether Vault's certificate, as it was last presented and verified, chains to these as well; true where it presents none (http).</summary>
    public bool WouldDo(CaCertificates certificates) => _last is not { } last
        || TrustAnchors.WhyNotTrusted(last.Certificate, last.Others, certificates.Certificates, TrustAnchors.ServerAuthentication) is null;

    private static X509Certificate2 Copy(X509Certificate2 certificate) => X509CertificateLoader.LoadCertificate(certificate.RawDataMemory.Span);
}
