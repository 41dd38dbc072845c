using System.Security.Cryptography.X509Certificates;
using AkkaVault.Shared.Certificates;

namespace AkkaVault.Controller.Certificates;

/// <summary>CA certificates.</summary>
/// <param name="Pem">The certificates as PEM.</param>
/// <param name="Certificates">The same certificates, parsed.</param>
internal sealed record CaCertificates(string Pem, X509Certificate2Collection Certificates)
{
    /// <summary>Reads a PEM bundle.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It holds no certificate, or one cannot be read.</exception>
    public static CaCertificates Parse(string pem) => new(pem, TrustAnchors.Parse(pem));

    /// <summary>These and others, each once.</summary>
    public CaCertificates With(IEnumerable<X509Certificate2> others)
    {
        var all = Certificates.Concat(others).DistinctBy(certificate => certificate.Thumbprint).ToArray();
        return new CaCertificates(string.Join('\n', all.Select(certificate => certificate.ExportCertificatePem())), [.. all]);
    }

    /// <summary>Subjects and SHA-256 fingerprints, for people to compare.</summary>
    public override string ToString() => string.Join(", ", Certificates.Select(
        certificate => $"\"{certificate.Subject}\" (SHA-256 {certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256)})"));
}

/// <summary>A CA bundle that may be replaced. Safe to use from any thread.</summary>
internal sealed class CaBundle
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CaCertificates? _current;
    private volatile string _problem = "it has not been loaded yet";

    /// <summary>The certificates; null before the first were loaded.</summary>
    public CaCertificates? Current => _current;

    /// <summary>Why there are none; null: there are some.</summary>
    public string? Problem => _current is null ? _problem : null;

    /// <summary>Completes when there are some.</summary>
    public Task ReadyAsync(CancellationToken cancellation) => _ready.Task.WaitAsync(cancellation);

    /// <summary>Replaces the certificates.</summary>
    /// <returns>Whether they differ.</returns>
    public bool Replace(CaCertificates next)
    {
        var changed = _current?.Pem != next.Pem;
        if (changed) _current = next;
        _ready.TrySetResult();
        return changed;
    }

    /// <summary>Sets why there are none.</summary>
    public void Failed(string problem) => _problem = problem;
}
