using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Shared.Certificates;

/// <summary>
/// Searches for a path from a certificate to an anchor among all possible paths, as Go's crypto/x509 does. .NET tries only one path, and
/// that may be the wrong one: two issuers may have the same name, and a CA may have several certificates. .NET checks each path alone.
/// A path with two CAs of one name and different keys may be refused if their certificates have no key identifiers: OpenSSL cannot tell them apart.
/// </summary>
/// <param name="end">The certificate where each path begins.</param>
/// <param name="others">The certificates that were presented with it.</param>
/// <param name="anchors">The certificates where a path may end.</param>
/// <param name="purposes">The purposes that the certificate must allow.</param>
internal sealed class PathSearch(X509Certificate2 end, X509Certificate2Collection others, X509Certificate2Collection anchors, IReadOnlyList<Oid> purposes)
{
    /// <summary>How many paths are checked at most: a stranger may present many certificates. Go checks as many signatures at most.</summary>
    public const int MostChecked = 100;

    private readonly List<X509Certificate2> _path = [end];
    private int _checked;

    /// <summary>A path that leads to an anchor and has valid signatures, but another problem; null: there is none.</summary>
    public BuiltPath? Nearest { get; private set; }

    /// <summary>An anchor that has the name of an issuer, but another key; null: there is none.</summary>
    public X509Certificate2? OtherKey { get; private set; }

    /// <summary>Whether there is a valid path.</summary>
    public bool FindsOne() => Check() && (IsAnchor(end) || Extend());

    private bool Extend()
    {
        foreach (var issuer in Issuers(_path[^1]))
        {
            if (_checked >= MostChecked) return false;
            _path.Add(issuer);
            // A path is extended only while it is valid: a problem in a part of a path is a problem of the whole path.
            if (Check() && (IsAnchor(issuer) || Extend())) return true;
            _path.RemoveAt(_path.Count - 1);
        }

        return false;
    }

    private bool Check()
    {
        _checked++;
        // .NET gets the certificates in the order of the path, and none as an anchor. It then uses certificates with the same name in that order.
        var built = BuiltPath.Of(end, [], [.. _path.Skip(1)], purposes);
        var whole = built.Is(_path);
        if (whole && built.IsGood) return true;
        if (!IsAnchor(_path[^1])) return false;
        if (whole && built.SignaturesFit) Nearest ??= built;
        else if (_path.Count > 1) OtherKey ??= _path[^1];
        return false;
    }

    private IEnumerable<X509Certificate2> Issuers(X509Certificate2 certificate)
    {
        var name = certificate.IssuerName.RawData;
        return anchors.Concat(others).Where(candidate => candidate.SubjectName.RawData.AsSpan().SequenceEqual(name) && !_path.Any(one => IsOne(one, candidate)));
    }

    private bool IsAnchor(X509Certificate2 certificate) => anchors.Any(anchor => anchor.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span));

    // No path needs the same authority (name and key) twice, not even with certificates of different issuers. Go leaves such paths out, too.
    private static bool IsOne(X509Certificate2 one, X509Certificate2 other) =>
        one.SubjectName.RawData.AsSpan().SequenceEqual(other.SubjectName.RawData) && one.GetPublicKey().AsSpan().SequenceEqual(other.GetPublicKey());
}
