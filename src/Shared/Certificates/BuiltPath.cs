using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Shared.Certificates;

/// <summary>A certification path that .NET has built and checked: signatures, validity, constraints, purposes. This type does not check whether the path ends at an anchor.</summary>
internal sealed class BuiltPath
{
    private static readonly BuiltPath s_rejected = new();
    private readonly List<byte[]> _certificates;

    private BuiltPath() => (_certificates, Problems) = ([], []);

    private BuiltPath(bool good, X509Chain chain)
    {
        _certificates = [.. chain.ChainElements.Select(element => element.Certificate.RawData)];
        var problems = chain.ChainStatus
            .Where(status => status.Status is not (X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.NoError)).ToList();
        SignaturesFit = !problems.Any(status => status.Status.HasFlag(X509ChainStatusFlags.NotSignatureValid));
        Problems = [.. problems.Select(status => status.StatusInformation.Trim().TrimEnd('.')).Concat(TimesOf(chain.ChainElements[^1].Certificate)).Distinct()];
        IsGood = good && Problems.Count == 0;
    }

    /// <summary>Whether the path has no problem.</summary>
    public bool IsGood { get; }

    /// <summary>Whether each signature fits the key of the next certificate.</summary>
    public bool SignaturesFit { get; }

    /// <summary>The problems, for people.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>The path that .NET chooses.</summary>
    /// <param name="end">The certificate where the path begins.</param>
    /// <param name="anchors">Certificates that .NET prefers.</param>
    /// <param name="others">Further certificates that .NET may use.</param>
    /// <param name="purposes">The purposes that the certificate must allow.</param>
    public static BuiltPath Of(X509Certificate2 end, X509Certificate2Collection anchors, X509Certificate2Collection others, IReadOnlyList<Oid> purposes)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        // .NET accepts only self-signed certificates as anchors; TrustAnchors accepts others, too.
        policy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        policy.CustomTrustStore.AddRange(anchors);
        policy.ExtraStore.AddRange(anchors);
        policy.ExtraStore.AddRange(others);
        foreach (var purpose in purposes) policy.ApplicationPolicy.Add(purpose);
        try
        {
            return new BuiltPath(chain.Build(end), chain);
        }
        catch (CryptographicException)
        {
            // OpenSSL has rejected the path for a reason that .NET has no status for: dotnet/runtime#25719. TrustAnchorsTests tells when this can go.
            return s_rejected;
        }
        finally
        {
            foreach (var element in chain.ChainElements) element.Certificate.Dispose();
        }
    }

    public bool Has(X509Certificate2 certificate) => _certificates.Any(one => certificate.RawDataMemory.Span.SequenceEqual(one));

    /// <summary>Whether the path consists of these certificates, in this order.</summary>
    public bool Is(IReadOnlyList<X509Certificate2> path) =>
        path.Count == _certificates.Count && path.Zip(_certificates).All(pair => pair.First.RawDataMemory.Span.SequenceEqual(pair.Second));

    // OpenSSL does not check the validity of the last certificate if that is not self-signed; Go does. The messages have OpenSSL's words.
    private static IEnumerable<string> TimesOf(X509Certificate2 last)
    {
        var now = DateTime.Now;
        if (now > last.NotAfter) yield return "certificate has expired";
        if (now < last.NotBefore) yield return "certificate is not yet valid";
    }
}
