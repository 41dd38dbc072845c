using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Vault.Renewal;
using AkkaVault.Shared.Certificates;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Vault;

/// <summary>Verifies Vault's certificate: by a bundle that may be replaced, or by the system's roots.</summary>
/// <param name="bundle">The bundle; null: the system's roots.</param>
/// <param name="clock">This node's clock.</param>
internal sealed class VaultTrust(CaBundle? bundle, TimeProvider clock) : IServerTrust, ITrustReadiness
{
    /// <summary>How long after Vault presented a certificate another of its nodes may still present it.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    private static readonly SystemTrust SystemRoots = new();
    private readonly ConcurrentDictionary<string, Presented> _presented = new(StringComparer.Ordinal);

    private sealed record Presented(X509Certificate2 Certificate, X509Certificate2Collection Others, DateTimeOffset At);

    /// <summary>The bundle that pods verify Vault with; null: they use their system's roots.</summary>
    public string? Pem => bundle?.Current?.Pem;

    /// <summary>Why Vault cannot be verified yet; null when it can.</summary>
    public string? Problem => bundle?.Problem is { } problem ? $"the CA certificates for Vault are missing: {problem}" : null;

    /// <inheritdoc/>
    public Task ReadyAsync(CancellationToken cancellation) => bundle?.ReadyAsync(cancellation) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public string? WhyNot(X509Certificate2 presented, X509Certificate2Collection others, SslPolicyErrors errors)
    {
        if (bundle is null) return SystemRoots.WhyNot(presented, others, errors);
        if (bundle.Current is not { } current) return "the CA certificates for Vault were not loaded yet";
        if (new AnchoredTrust(current.Certificates).WhyNot(presented, others, errors) is { } why) return why;
        var now = clock.GetUtcNow();
        // Copies, because the handshake disposes of its certificates.
        _presented.AddOrUpdate(
            presented.Thumbprint, _ => new Presented(Copy(presented), [.. others.Select(Copy)], now), (_, known) => known with { At = now });
        return null;
    }

    /// <summary>
    /// Whether every certificate that Vault's nodes presented within <see cref="Remembered"/> chains to these as well; true where Vault
    /// presents none (http).
    /// </summary>
    public bool WouldDo(CaCertificates certificates)
    {
        var since = clock.GetUtcNow() - Remembered;
        foreach (var (thumbprint, presented) in _presented)
        {
            if (presented.At < since) _presented.TryRemove(thumbprint, out _);
            else if (TrustAnchors.WhyNotTrusted(presented.Certificate, presented.Others, certificates.Certificates, TrustAnchors.ServerAuthentication) is not null) return false;
        }

        return true;
    }

    private static X509Certificate2 Copy(X509Certificate2 certificate) => X509CertificateLoader.LoadCertificate(certificate.RawDataMemory.Span);
}
