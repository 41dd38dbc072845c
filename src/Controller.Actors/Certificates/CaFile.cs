using System.Security.Cryptography;
using AkkaVault.Shared.Http;

namespace AkkaVault.Controller.Certificates;

/// <summary>A CA bundle from a PEM file, read again when it changes.</summary>
/// <param name="name">What it is, for messages.</param>
/// <param name="path">The file.</param>
/// <param name="bundle">Where it is used.</param>
/// <param name="clock">This node's clock.</param>
internal sealed class CaFile(string name, string path, CaBundle bundle, TimeProvider clock) : IRenewable
{
    /// <summary>Between reads of a file. Mounts of Secrets change by links, of which file watchers say nothing.</summary>
    public static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async Task<CertificateRenewalInput> LoadAsync(int operation, CancellationToken cancellation)
    {
        try
        {
            var pem = await File.ReadAllTextAsync(path, cancellation).ConfigureAwait(false);
            var changed = pem != bundle.Current?.Pem && bundle.Replace(CaCertificates.Parse(pem));
            return new CertificateRenewalInput.Loaded(operation, changed, $"loaded from {path}: {bundle.Current}", clock.GetUtcNow() + ReadInterval);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            bundle.Failed($"{path}: {Causes.Of(e)}");
            return new CertificateRenewalInput.Failed(operation, $"{path}: {Causes.Of(e)}");
        }
    }
}
