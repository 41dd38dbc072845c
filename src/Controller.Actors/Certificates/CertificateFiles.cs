using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Controller.Configuration;
using AkkaVault.Shared.Http;

namespace AkkaVault.Controller.Certificates;

/// <summary>A server certificate from two PEM files, read again when they change.</summary>
/// <param name="name">What it is, for messages.</param>
/// <param name="files">The files.</param>
/// <param name="certificate">Where it is used.</param>
/// <param name="clock">This node's clock.</param>
internal sealed class CertificateFiles(string name, CertificateSource.Files files, ServerCertificate certificate, TimeProvider clock) : IRenewable
{
    private string _loaded = "";

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async Task<CertificateRenewalInput> LoadAsync(int operation, CancellationToken cancellation)
    {
        var next = clock.GetUtcNow() + CaFile.ReadInterval;
        try
        {
            var pem = await File.ReadAllTextAsync(files.CertFile, cancellation).ConfigureAwait(false);
            var key = await File.ReadAllTextAsync(files.KeyFile, cancellation).ConfigureAwait(false);
            // A digest, so that no field holds the key.
            var digest = Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{pem}\0{key}")));
            if (digest == _loaded) return new CertificateRenewalInput.Loaded(operation, false, "unchanged", next);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(pem);
            var served = certificate.Replace(pem, key, chain);
            _loaded = digest;
            return new CertificateRenewalInput.Loaded(operation, true, $"loaded from {files.CertFile}: {ServerCertificate.Describe(served)}", next);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return new CertificateRenewalInput.Failed(operation, $"{files.CertFile}, {files.KeyFile}: {Causes.Of(e)}");
        }
    }
}
