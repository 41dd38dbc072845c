using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Shared.Certificates;

/// <summary>A certification path as .NET has built and checked it: signatures, validity, constraints, purposes. Whether it ends at an anchor is not looked at.</summary>
internal sealed class BuiltPath
{
    private readonly List<byte[]> _certificates;

    private BuiltPath(bool good, X509Chain chain)
    {
        _certificates = [.. chain.ChainElements.Select(element => element.Certificate.RawData)];
        var problems = chain.ChainStatus
            .Where(status => status.Status is not (X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.NoError)).ToList();
        SignaturesFit = !problems.Any(status => status.Status.HasFlag(X509ChainStatusFlags.NotSignatureValid));
        Problems = [.. problems.Select(status => status.StatusInformation.Trim().TrimEnd('.')).Concat(TimesOf(chain.ChainElements[^1].Certificate)).Distinct()];
        IsGood = good && Problems.Count == 0;
    }

    /// <summary>Whether nothing is wrong with it.</summary>
    public bool IsGood { get; }

    /// <summary>Whether each signature is of the key of the next certificate.</summary>
    public bool SignaturesFit { get; }

    /// <summary>What is wrong, for people.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>The path that .NET chooses.</summary>
    /// <param name="end">Where it begins.</param>
    /// <param name="anchors">What it may use, preferred.</param>
    /// <param name="others">What it may use as well.</param>
    /// <param name="purposes">What the certificate must be good for.</param>
    public static BuiltPath Of(X509Certificate2 end, X509Certificate2Collection anchors, X509Certificate2Collection others, IReadOnlyList<Oid> purposes)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        // .NET itself takes only self-signed ones for anchors.
        policy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        policy.CustomTrustStore.AddRange(anchors);
        policy.ExtraStore.AddRange(anchors);
        policy.ExtraStore.AddRange(others);
        foreach (var purpose in purposes) policy.ApplicationPolicy.Add(purpose);
        try
        {
            return new BuiltPath(chain.Build(end), chain);
        }
        finally
        {
            foreach (var element in chain.ChainElements) element.Certificate.Dispose();
        }
    }

    /// <summary>Whether a certificate is in it.</summary>
    public bool Has(X509Certificate2 certificate) => _certificates.Any(one => certificate.RawDataMemory.Span.SequenceEqual(one));

    /// <summary>Whether it consists of these, in this order.</summary>
    public bool Is(IReadOnlyList<X509Certificate2> path) =>
        path.Count == _certificates.Count && path.Zip(_certificates).All(pair => pair.First.RawDataMemory.Span.SequenceEqual(pair.Second));

    // OpenSSL does not look at the times of the last one where that is not self-signed; Go does. In OpenSSL's words.
    private static IEnumerable<string> TimesOf(X509Certificate2 last)
    {
        var now = DateTime.Now;
        if (now > last.NotAfter) yield return "certificate has expired";
        if (now < last.NotBefore) yield return "certificate is not yet valid";
    }
}
