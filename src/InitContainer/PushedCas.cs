using System.Buffers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer;

/// <summary>
/// The certificates that came with a push. Each takes many times its size in memory, outside of the garbage collector's sight:
/// so they are there while a handshake needs them, and those of one push at a time.
/// </summary>
/// <param name="bundle">PEM.</param>
internal sealed class PushedCas(byte[] bundle) : IServerTrust
{
    /// <summary>More than any system's bundle has.</summary>
    private const int Most = 500;

    private static readonly Lock s_oneAtATime = new();

    /// <summary>Why a bundle cannot be used, for people; null when it can.</summary>
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
