using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Sandbox.Vault;

/// <summary>A public key, RSA or elliptic curve, that verifies JSON web tokens.</summary>
internal sealed class SignatureKey
{
    private readonly AsymmetricAlgorithm key;
    private readonly Lock gate = new();

    private SignatureKey(AsymmetricAlgorithm key) => this.key = key;

    /// <summary>Parses a public key or a certificate in PEM. If the text is neither, it is rejected with the plugin's message.</summary>
    public static SignatureKey FromPem(string pem)
    {
        try
        {
            if (pem.Contains("CERTIFICATE", StringComparison.Ordinal))
            {
                using var certificate = X509Certificate2.CreateFromPem(pem);
                return new SignatureKey((AsymmetricAlgorithm?)certificate.GetRSAPublicKey() ?? certificate.GetECDsaPublicKey() ?? throw Unfit());
            }

            return new SignatureKey((AsymmetricAlgorithm?)TryImport(RSA.Create(), pem) ?? TryImport(ECDsa.Create(), pem) ?? throw Unfit());
        }
        catch (CryptographicException)
        {
            throw Unfit();
        }
    }

    /// <summary>Whether this key made the signature, by the algorithm in the token's header (RFC 7518, section 3.1).</summary>
    public bool Verifies(string algorithm, byte[] signed, byte[] signature)
    {
        // The native keys are not thread-safe.
        lock (gate)
        {
            return (algorithm, key) switch
            {
                ("RS256", RSA rsa) => rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
                ("ES256", ECDsa { KeySize: 256 } ec) => ec.VerifyData(signed, signature, HashAlgorithmName.SHA256),
                _ => false,
            };
        }
    }

    private static T? TryImport<T>(T algorithm, string pem)
        where T : AsymmetricAlgorithm
    {
        try
        {
            algorithm.ImportFromPem(pem);
            return algorithm;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // The text has a key of the other type, or no key. The caller tries the other type next, and then rejects the text.
            algorithm.Dispose();
            return null;
        }
    }

    private static VaultRefusal Unfit() => new(400, "data does not contain any valid RSA or ECDSA public keys");
}
