using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Shared.Certificates;

/// <summary>
/// Verifies certificates against a bundle and nothing else: those of Vault, of the API server, of scrapers and of other
/// controllers. Every certificate of the bundle is an anchor, self-signed or not, as in the pools of Go that the original used: an
/// intermediate CA alone is enough. A certificate is trusted if there is any path from it to an anchor.
/// </summary>
public static class TrustAnchors
{
    /// <summary>The purpose of a server's certificate (RFC 5280, 4.2.1.12).</summary>
    public static Oid ServerAuthentication => new("1.3.6.1.5.5.7.3.1");

    /// <summary>The purpose of a client's certificate.</summary>
    public static Oid ClientAuthentication => new("1.3.6.1.5.5.7.3.2");

    /// <summary>Why a certificate is not to be trusted, for people; null when it is. The host name is not looked at.</summary>
    /// <param name="presented">The certificate.</param>
    /// <param name="others">What was presented with it; intermediates are looked for there.</param>
    /// <param name="anchors">The bundle.</param>
    /// <param name="purposes">What the certificate must be good for, all of them, when it says what it is good for.</param>
    public static string? WhyNotTrusted(
        X509Certificate2 presented, X509Certificate2Collection others, X509Certificate2Collection anchors, params IReadOnlyList<Oid> purposes)
    {
        // .NET builds one path, which nearly always is the right one.
        var built = BuiltPath.Of(presented, anchors, others, purposes);
        if (built.IsGood && anchors.Any(built.Has)) return null;
        var search = new PathSearch(presented, others, anchors, purposes);
        if (search.FindsOne()) return null;
        if (built.SignaturesFit && anchors.Any(built.Has)) return string.Join("; ", built.Problems);
        if (search.Nearest is { } nearest) return string.Join("; ", nearest.Problems);
        List<string> problems = [.. built.SignaturesFit ? built.Problems : []];
        problems.Add($"it does not chain to any of the {anchors.Count} configured CA certificates");
        if (search.OtherKey is { } other) problems.Add($"the configured CA certificate \"{other.Subject}\" has the name of an issuer, but another key");
        return string.Join("; ", problems);
    }

    /// <summary>The certificates of a PEM bundle.</summary>
    /// <param name="pem">Its text.</param>
    /// <exception cref="CryptographicException">There is none, or one cannot be read.</exception>
    public static X509Certificate2Collection Parse(string pem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        return certificates.Count > 0 ? certificates : throw new CryptographicException("there is no PEM certificate in it");
    }
}
