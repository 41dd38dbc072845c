using System.Buffers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer;

/// <summary>
/// The CAs of a push. In memory a certificate takes many times its size, and the garbage collector does not see that. So the certificates
/// are loaded only for a handshake, and only those of one push at a time.
/// </summary>
/// <param name="bundle">The CAs, in PEM.</param>
internal sealed class PushedCas(byte[] bundle) : IServerTrust
{
    /// <summary>The most certificates; no system's bundle has as many.</summary>
    private const int Most = 500;

    private static readonly Lock s_oneAtATime = new();

    /// <summary>Why a bundle cannot be used, for people; null: it can.</summary>
    public static string? WhyNotRead(byte[] bundle)
    {
        if (bundle.AsSpan().Count("-----BEGIN CERTIFICATE"u8) > Most) return $"vaultCAs holds more than {Most} certificates";
        try
        {
            return With(bundle, certificates => certificates.Count > 0 ? null : "vaultCAs holds no PEM certificates");
        }
        catch (CryptographicException)
        {
            return "vaultCAs holds no PEM certificates";
        }
    }

    /// <inheritdoc/>
    public string? WhyNot(X509Certificate2 presented, X509Certificate2Collection others, SslPolicyErrors errors) =>
        With(bundle, certificates => new AnchoredTrust(certificates).WhyNot(presented, others, errors));

    private static string? With(byte[] bundle, Func<X509Certificate2Collection, string?> use)
    {
        var pem = ArrayPool<char>.Shared.Rent(bundle.Length);
        var certificates = new X509Certificate2Collection();
        lock (s_oneAtATime)
        {
            try
            {
                certificates.ImportFromPem(pem.AsSpan(0, Encoding.UTF8.GetChars(bundle, pem)));
                return use(certificates);
            }
            finally
            {
                foreach (var certificate in certificates) certificate.Dispose();
                ArrayPool<char>.Shared.Return(pem);
            }
        }
    }
}
