using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Shared.Certificates;

/// <summary>
/// Verifies certificates against a bundle and nothing else. Every certificate of the bundle is an anchor, self-signed or not, as
/// in the pools of Go that the original used: an intermediate CA alone is enough.
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
    /// <param name="purpose">What the certificate must be good for, when it says what it is good for.</param>
    public static string? WhyNotTrusted(X509Certificate2 presented, X509Certificate2Collection others, X509Certificate2Collection anchors, Oid purpose)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        // Whether it ends at an anchor is checked below: .NET itself takes only self-signed ones.
        policy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        policy.CustomTrustStore.AddRange(anchors);
        policy.ExtraStore.AddRange(anchors);
        policy.ExtraStore.AddRange(others);
        policy.ApplicationPolicy.Add(purpose);
        try
        {
            var good = chain.Build(presented);
            var anchored = chain.ChainElements.Any(element => anchors.Any(anchor => anchor.RawDataMemory.Span.SequenceEqual(element.Certificate.RawDataMemory.Span)));
            var problems = chain.ChainStatus
                .Where(status => status.Status is not (X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.NoError))
                .Select(status => status.StatusInformation.Trim().TrimEnd('.')).Distinct().ToList();
            if (!anchored) problems.Add($"it does not chain to any of the {anchors.Count} configured CA certificates");
            return good && anchored ? null : string.Join("; ", problems);
        }
        finally
        {
            foreach (var element in chain.ChainElements) element.Certificate.Dispose();
        }
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
