using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Controller.Certificates;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Vault;

/// <summary>
/// The CA certificates that Vault itself is verified with, from its own PKI mounts. Nothing can verify the first fetch: its certificates are
/// trusted from then on, and logged with their fingerprints. The bundle in use verifies the connections of later fetches. A root that was
/// replaced stays in the bundle until every certificate that Vault presented within the last hour chains to its successor.
/// </summary>
/// <param name="mounts">The mounts.</param>
/// <param name="vault">Vault, verified with the bundle in use.</param>
/// <param name="unverified">Makes a connection to Vault that is not verified; it is used once.</param>
/// <param name="trust">Knows which certificates Vault presented.</param>
/// <param name="bundle">The bundle in use.</param>
/// <param name="clock">This node's clock.</param>
/// <param name="log">Its log.</param>
internal sealed class VaultCaBundle(
    IReadOnlyList<string> mounts, VaultClient vault, Func<HttpClient> unverified, VaultTrust trust, CaBundle bundle, TimeProvider clock, ILogger<VaultCaBundle> log) : IRenewable
{
    /// <inheritdoc/>
    public string Name => "The CA bundle for Vault";

    /// <inheritdoc/>
    public async Task<CertificateRenewalInput> LoadAsync(int operation, CancellationToken cancellation)
    {
        try
        {
            var next = bundle.Current is { } current
                ? await RefreshAsync(current, cancellation).ConfigureAwait(false)
                : await FirstAsync(cancellation).ConfigureAwait(false);
            return new CertificateRenewalInput.Loaded(operation, bundle.Replace(next), $"from {string.Join(", ", mounts)}: {next}", clock.GetUtcNow() + PkiCaBundle.FetchInterval);
        }
        catch (VaultException e)
        {
            bundle.Failed(e.Message);
            return new CertificateRenewalInput.Failed(operation, e.Message, e.RetryAfter);
        }
    }

    private async Task<CaCertificates> FirstAsync(CancellationToken cancellation)
    {
        using var http = unverified();
        var first = await PkiCaBundle.FetchAsync(vault.Over(http), mounts, cancellation).ConfigureAwait(false);
        log.CaUnverified(first);
        return first;
    }

    private async Task<CaCertificates> RefreshAsync(CaCertificates current, CancellationToken cancellation)
    {
        var fetched = await PkiCaBundle.FetchAsync(vault, mounts, cancellation).ConfigureAwait(false);
        if (fetched.Pem == current.Pem || trust.WouldDo(fetched)) return fetched;
        var now = clock.GetUtcNow();
        return fetched.With(current.Certificates.Where(certificate => certificate.NotAfter.ToUniversalTime() > now));
    }

    /// <summary>Trusts any certificate, for the one request that cannot be verified.</summary>
    public sealed class AnyTrust : IServerTrust
    {
        /// <inheritdoc/>
        public string? WhyNot(X509Certificate2 presented, X509Certificate2Collection others, SslPolicyErrors errors) => null;
    }
}
