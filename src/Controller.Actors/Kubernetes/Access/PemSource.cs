using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Shared.Certificates;

namespace AkkaVault.Controller.Kubernetes.Access;

/// <summary>PEM, as written in a kubeconfig or in a file; a file is read each time, for it may be replaced. Perhaps a key: a secret.</summary>
internal sealed class PemSource
{
    private readonly string? _written;
    private readonly Lock _gate = new();
    private (string Pem, X509Certificate2Collection Certificates)? _parsed;

    private PemSource(string? written, string? path) => (_written, Path) = (written, path);

    /// <summary>The file; null: it is written in the kubeconfig.</summary>
    public string? Path { get; }

    /// <summary>What is written.</summary>
    public static PemSource Of(string written) => new(written, null);

    /// <summary>What is in a file.</summary>
    public static PemSource At(string path) => new(null, path);

    /// <summary>The current text.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public string Read() => _written ?? File.ReadAllText(Path!);

    /// <summary>The current certificates.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="CryptographicException">There is none, or one cannot be read.</exception>
    public X509Certificate2Collection Certificates()
    {
        var pem = Read();
        lock (_gate)
        {
            if (_parsed is not { } known || known.Pem != pem) _parsed = known = (pem, TrustAnchors.Parse(pem));
            return known.Certificates;
        }
    }
}
