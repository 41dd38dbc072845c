using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AkkaVault.Controller.Kubernetes.Access;

/// <summary>A client's certificate, its issuers and its key, as PEM. Two are equal if they are the same text.</summary>
internal sealed class ClientIdentity : IEquatable<ClientIdentity>
{
    private readonly string _digest;

    private ClientIdentity(string digest, SslStreamCertificateContext context) => (_digest, Context) = (digest, context);

    /// <summary>What is presented, the issuers with it.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Reads it, unless it is what was read before.</summary>
    /// <param name="certificates">The certificate first.</param>
    /// <param name="key">Its key. A secret.</param>
    /// <param name="known">What was read before; null: nothing.</param>
    /// <exception cref="CryptographicException">They do not belong together, or cannot be read.</exception>
    public static ClientIdentity Of(string certificates, string key, ClientIdentity? known)
    {
        // A digest, so that no field holds the key.
        var digest = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{certificates}\0{key}")));
        if (known?._digest == digest) return known;
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificates);
        try
        {
            return new ClientIdentity(digest, SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(certificates, key), [.. chain.Skip(1)], offline: true));
        }
        catch (ArgumentException e)
        {
            // .NET throws this for the key of another certificate.
            throw new CryptographicException("the key does not belong to the certificate", e);
        }
    }

    /// <inheritdoc/>
    public bool Equals(ClientIdentity? other) => other?._digest == _digest;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ClientIdentity);

    /// <inheritdoc/>
    public override int GetHashCode() => _digest.GetHashCode(StringComparison.Ordinal);
}
