using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Shared.Certificates;

/// <summary>
/// Looks for a path to an anchor among all there are, as Go's crypto/x509 does: of two issuers with one name either may be the
/// right one, and a CA may have been certified by several. Each path is checked by .NET, which is given nothing else to choose from.
/// </summary>
/// <param name="end">Where the paths begin.</param>
/// <param name="others">What was presented with it.</param>
/// <param name="anchors">Where they may end.</param>
/// <param name="purposes">What the certificate must be good for.</param>
internal sealed class PathSearch(X509Certificate2 end, X509Certificate2Collection others, X509Certificate2Collection anchors, IReadOnlyList<Oid> purposes)
{
    /// <summary>How many paths are checked at most: the others are a stranger's. Go checks as many signatures.</summary>
    public const int MostChecked = 100;

    private readonly List<X509Certificate2> _path = [end];
    private int _checked;

    /// <summary>A path to an anchor whose signatures fit; something else is wrong with it. Null: there is none.</summary>
    public BuiltPath? Nearest { get; private set; }

    /// <summary>An anchor that has the name of an issuer, and not its key; null: there is none.</summary>
    public X509Certificate2? OtherKey { get; private set; }

    /// <summary>Whether there is a good one.</summary>
    public bool FindsOne() => Check() && (IsAnchor(end) || Extend());

    private bool Extend()
    {
        foreach (var issuer in Issuers(_path[^1]))
        {
            if (_checked >= MostChecked) return false;
            _path.Add(issuer);
            // What is wrong with a part of a path is wrong with the whole of it.
            if (Check() && (IsAnchor(issuer) || Extend())) return true;
            _path.RemoveAt(_path.Count - 1);
        }

        return false;
    }

    private bool Check()
    {
        _checked++;
        // In this order, and none preferred: of two with one name each is taken at its place.
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

    // The same authority twice leads nowhere (Go, too, leaves those out), whoever certified it.
    private static bool IsOne(X509Certificate2 one, X509Certificate2 other) =>
        one.SubjectName.RawData.AsSpan().SequenceEqual(other.SubjectName.RawData) && one.GetPublicKey().AsSpan().SequenceEqual(other.GetPublicKey());
}
