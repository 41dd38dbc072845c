using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Vault.Renewal;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Certificates;

/// <summary>Counts the certificates that Vault is asked for, for metrics.</summary>
internal interface ICertificateObserver
{
    /// <summary>Vault is being asked for one.</summary>
    void CertificateRequested();

    /// <summary>Vault issued none.</summary>
    void CertificateFailed();
}

/// <summary>A server certificate from Vault's PKI, replaced after half of its life.</summary>
/// <param name="name">What it is, for messages.</param>
/// <param name="source">Mount and role.</param>
/// <param name="names">Whom it is for.</param>
/// <param name="vault">Vault.</param>
/// <param name="token">The controller's token.</param>
/// <param name="certificate">Where it is used.</param>
/// <param name="observer">Metrics.</param>
/// <param name="clock">This node's clock.</param>
internal sealed class PkiCertificate(
    string name, CertificateSource.Pki source, CertificateNames names, VaultClient vault, ControllerToken token, ServerCertificate certificate,
    ICertificateObserver observer, TimeProvider clock) : IRenewable
{
    /// <summary>The shortest time between two certificates: Vault stores each of them.</summary>
    public static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async Task<CertificateRenewalInput> LoadAsync(int operation, CancellationToken cancellation)
    {
        var current = await token.ValueAsync(cancellation).ConfigureAwait(false);
        observer.CertificateRequested();
        try
        {
            var issued = await vault.IssueCertificateAsync(current, source.Mount, source.Role, names, cancellation).ConfigureAwait(false);
            var chain = new X509Certificate2Collection();
            foreach (var pem in issued.CaChain) chain.ImportFromPem(pem);
            using var leaf = X509Certificate2.CreateFromPem(issued.Certificate);
            var now = clock.GetUtcNow();
            var left = leaf.NotAfter.ToUniversalTime() - now;
            if (left <= TimeSpan.Zero)
            {
                observer.CertificateFailed();
                // Without its dates: a text that stays the same is logged once.
                return new CertificateRenewalInput.Failed(
                    operation, $"the certificate that {source.Mount}/issue/{source.Role} issued has already expired by this node's clock: is the clock right, and does the issuing CA expire?", LeastInterval);
            }

            var served = certificate.Replace(issued.Certificate, issued.PrivateKey, chain);
            // Half of what is left by this node's clock, and a little less, so that many controllers do not ask at one moment.
            var half = left * (0.45 + (0.05 * Random.Shared.NextDouble()));
            var next = now + (half > LeastInterval ? half : LeastInterval);
            return new CertificateRenewalInput.Loaded(operation, true, $"issued by {source.Mount}: {ServerCertificate.Describe(served)}", next);
        }
        catch (VaultException e)
        {
            observer.CertificateFailed();
            // 403 may mean that the token was revoked.
            if (e.Status == HttpStatusCode.Forbidden) await token.ConfirmAsync(cancellation).ConfigureAwait(false);
            return new CertificateRenewalInput.Failed(operation, e.Message, e.RetryAfter);
        }
        catch (CryptographicException)
        {
            observer.CertificateFailed();
            // Without the cause, which might quote the key.
            return new CertificateRenewalInput.Failed(operation, $"the answer of {source.Mount}/issue/{source.Role} is not a certificate with its key", LeastInterval);
        }
    }
}
