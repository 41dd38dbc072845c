using System.Security.Cryptography;
using AkkaVault.Shared.Http;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Certificates;

/// <summary>The CA certificates of PKI mounts in Vault, fetched again every minute: a mount may get a new root.</summary>
/// <param name="name">What it is, for messages.</param>
/// <param name="mounts">The mounts.</param>
/// <param name="vault">Vault, over a connection that is verified already.</param>
/// <param name="bundle">Where it is used.</param>
/// <param name="clock">This node's clock.</param>
internal sealed class PkiCaBundle(string name, IReadOnlyList<string> mounts, VaultClient vault, CaBundle bundle, TimeProvider clock) : IRenewable
{
    /// <summary>Between fetches.</summary>
    public static readonly TimeSpan FetchInterval = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async Task<CertificateRenewalInput> LoadAsync(int operation, CancellationToken cancellation)
    {
        try
        {
            var fetched = await FetchAsync(vault, mounts, cancellation).ConfigureAwait(false);
            return new CertificateRenewalInput.Loaded(operation, bundle.Replace(fetched), $"fetched from {string.Join(", ", mounts)}: {fetched}", clock.GetUtcNow() + FetchInterval);
        }
        catch (VaultException e)
        {
            bundle.Failed(e.Message);
            return new CertificateRenewalInput.Failed(operation, e.Message, e.RetryAfter);
        }
    }

    /// <summary>The CA certificate of each mount.</summary>
    /// <exception cref="VaultException">Vault did not answer, or what it sent is no certificate.</exception>
    internal static async Task<CaCertificates> FetchAsync(VaultClient vault, IReadOnlyList<string> mounts, CancellationToken cancellation)
    {
        var pems = new List<string>();
        foreach (var mount in mounts)
        {
            var pem = await vault.ReadCaCertificateAsync(mount, cancellation).ConfigureAwait(false);
            try
            {
                pems.Add(CaCertificates.Parse(pem).Pem.Trim());
            }
            catch (CryptographicException e)
            {
                throw new VaultException($"GET {mount}/ca/pem", $"the answer is not a certificate: {Causes.Of(e)}", e);
            }
        }

        return CaCertificates.Parse(string.Join('\n', pems) + "\n");
    }
}
