using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Shared.Certificates;

/// <summary>
/// Verifies the certificates of Vault, the API server, scrapers and other controllers against a bundle, and against nothing else. Every
/// certificate of the bundle is an anchor, self-signed or not, as in Go and so in the original: an intermediate CA alone is enough.
/// A certificate is trusted if any path leads from it to an anchor.
/// </summary>
public static class TrustAnchors
{
    /// <summary>The purpose of a server's certificate (RFC 5280, 4.2.1.12).</summary>
    public static Oid ServerAuthentication => new("1.3.6.1.5.5.7.3.1");

    /// <summary>The purpose of a client's certificate.</summary>
    public static Oid ClientAuthentication => new("1.3.6.1.5.5.7.3.2");

    /// <summary>Why a certificate is not trusted, for people; null if it is trusted. The host name is not checked.</summary>
    /// <param name="presented">The certificate.</param>
    /// <param name="others">The certificates that were presented with it; intermediate CAs may be among them.</param>
    /// <param name="anchors">The bundle.</param>
    /// <param name="purposes">The purposes that the certificate must allow, if it names any.</param>
    public static string? WhyNotTrusted(
        X509Certificate2 presented, X509Certificate2Collection others, X509Certificate2Collection anchors, params IReadOnlyList<Oid> purposes)
    {
        // .NET builds one path, which is nearly always the right one.
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
    /// <param name="pem">The text of the bundle.</param>
    /// <exception cref="CryptographicException">The bundle has no certificate, or one cannot be read.</exception>
    public static X509Certificate2Collection Parse(string pem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        return certificates.Count > 0 ? certificates : throw new CryptographicException("expected at least one certificate in PEM, found none");
    }
}
