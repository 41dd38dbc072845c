using System.Security.Cryptography.X509Certificates;
using AkkaVault.Shared.Certificates;

namespace AkkaVault.Actors.Tests.Shared;

/// <summary>
/// A certificate is trusted exactly when there is a path from it to an anchor. The order of the certificates
/// does not matter, nor whether they have key identifiers. What Go's crypto/x509 accepts is accepted.
/// </summary>
public sealed class TrustAnchorsTests
{
    private readonly Party _leaf = Party.New("leaf");
    private readonly Party _intermediate = Party.New("intermediate");
    private readonly Party _root = Party.New("root");
    private readonly Party _other = Party.New("other root");

    public static TheoryData<bool> KeyIds => [true, false];

    [Theory]
    [MemberData(nameof(KeyIds))]
    public void An_intermediate_is_an_anchor_whatever_became_of_its_root(bool keyIds)
    {
        var (making, leaf) = Kinds(keyIds);
        var (intermediate, end) = (_intermediate.By(_root, making), _leaf.By(_intermediate, leaf));
        foreach (var root in (X509Certificate2[])[_root.By(_root, making), _root.By(_root, making with { Expired = true }), Party.New("root").By(_root, making)])
        {
            Trusted(end, [], [intermediate]);
            Trusted(end, [root, intermediate], [intermediate]);
        }

        Trusted(end, [intermediate], [end]);
        var ended = _intermediate.By(_root, making with { Expired = true });
        Refused(end, [], [ended], "expired");
        Refused(end, [intermediate], [ended], "expired");
        Trusted(end, [intermediate], [ended, _root.By(_root, making)]);
    }

    [Theory]
    [MemberData(nameof(KeyIds))]
    public void Of_two_roots_with_one_name_either_is_found(bool keyIds)
    {
        var (making, leaf) = Kinds(keyIds);
        var successor = Party.New("root");
        foreach (var issuer in (Party[])[_root, successor])
        {
            var (old, next, end) = (_root.By(_root, making), successor.By(successor, making), _leaf.By(_intermediate, leaf));
            Trusted(end, [_intermediate.By(issuer, making)], [old, next]);
            Trusted(_leaf.By(issuer, leaf), [], [old, next]);
            Trusted(_leaf.By(issuer, leaf), [], [old, next, Party.New("root").By(_other, making)]);
        }
    }

    [Theory]
    [MemberData(nameof(KeyIds))]
    public void Of_two_roots_with_one_name_one_has_ended(bool keyIds)
    {
        var (making, leaf) = Kinds(keyIds);
        var successor = Party.New("root");
        X509Certificate2Collection anchors = [_root.By(_root, making with { Expired = true }), successor.By(successor, making)];
        Trusted(_leaf.By(successor, leaf), [], anchors);
        Refused(_leaf.By(_root, leaf), [], anchors, "expired");
        // The root was renewed with the same key. The certificate that is valid now counts.
        Trusted(_leaf.By(_root, leaf), [], [_root.By(_root, making with { Expired = true }), _root.By(_root, making)]);
    }

    [Theory]
    [MemberData(nameof(KeyIds))]
    public void A_cross_signed_intermediate_leads_to_each_root(bool keyIds)
    {
        var (making, leaf) = Kinds(keyIds);
        var end = _leaf.By(_intermediate, leaf);
        X509Certificate2Collection both = [_intermediate.By(_root, making), _intermediate.By(_other, making)];
        var (root, other, ended) = (_root.By(_root, making), _other.By(_other, making), _root.By(_root, making with { Expired = true }));
        Trusted(end, both, [root]);
        Trusted(end, both, [other]);
        Trusted(end, [.. both, other], [root]);
        Trusted(end, both, [ended, other]);
        Trusted(end, [_intermediate.By(_root, making with { Expired = true }), both[1]], [root, other]);
        Refused(end, both, [ended], "expired");
    }

    [Theory]
    [MemberData(nameof(KeyIds))]
    public void Roots_that_certify_one_another_lead_to_each_other(bool keyIds)
    {
        var (making, leaf) = Kinds(keyIds);
        X509Certificate2Collection cross = [_root.By(_other, making), _other.By(_root, making), _root.By(_root, making), _other.By(_other, making)];
        foreach (var issuer in (Party[])[_root, _other])
        {
            Trusted(_leaf.By(issuer, leaf), cross, [cross[2]]);
            Trusted(_leaf.By(issuer, leaf), cross, [cross[3]]);
            Refused(_leaf.By(issuer, leaf), cross, [Party.New("root").By(Party.New("root"), making)], "does not chain");
        }
    }

    [Theory]
    [MemberData(nameof(KeyIds))]
    public void A_name_without_the_key_is_never_enough(bool keyIds)
    {
        var (making, leaf) = Kinds(keyIds);
        var (root, intermediate) = (_root.By(_root, making), _intermediate.By(_root, making));
        var (forgedRoot, forgedIntermediate) = (Party.New("root"), Party.New("intermediate"));
        Refused(_leaf.By(forgedRoot, leaf), [], [root], "the configured CA certificate \"CN=root\" has the name of an issuer, but another key");
        Refused(_leaf.By(forgedRoot, leaf), [forgedRoot.By(forgedRoot, making)], [root], "another key");
        Refused(_leaf.By(forgedIntermediate, leaf), [intermediate], [root], "does not chain");
        Refused(_leaf.By(forgedIntermediate, leaf), [intermediate, forgedIntermediate.By(forgedRoot, making)], [root], "does not chain");
        Refused(_leaf.By(forgedIntermediate, leaf), [intermediate, forgedIntermediate.By(forgedIntermediate, making)], [intermediate], "another key");
        // To present an anchor proves nothing: the leaf must also be signed by it.
        Refused(_leaf.By(_leaf, leaf), [root, intermediate], [root, intermediate], "does not chain");
    }

    [Theory]
    [MemberData(nameof(KeyIds))]
    public void Who_may_not_issue_leads_nowhere(bool keyIds)
    {
        var (making, leaf) = Kinds(keyIds);
        var (root, end, good) = (_root.By(_root, making), _leaf.By(_intermediate, leaf), _intermediate.By(_other, making));
        foreach (var (bad, why) in ((Making, string)[])
        [
            (making with { Authority = false }, ""), (making with { Purposes = [TrustAnchors.ClientAuthentication] }, ""),
            (making with { Domain = "other.example" }, ""), (making with { Expired = true }, "expired"),
        ])
        {
            Refused(end, [_intermediate.By(_root, bad)], [root], why);
            // Another issuer may still allow the certificate.
            Trusted(end, [_intermediate.By(_root, bad), good], [root, _other.By(_other, making)]);
        }

        var narrow = _root.By(_root, making with { PathLength = 0 });
        Refused(end, [_intermediate.By(_root, making)], [narrow], "");
        Trusted(_leaf.By(_root, leaf), [], [narrow]);
        Trusted(end, [_intermediate.By(_root, making), good], [narrow, _other.By(_other, making)]);
    }

    [Theory]
    [MemberData(nameof(KeyIds))]
    public void What_is_wrong_with_the_certificate_itself_is_said(bool keyIds)
    {
        var (making, leaf) = Kinds(keyIds);
        X509Certificate2Collection anchors = [_root.By(_root, making), Party.New("root").By(_other, making)];
        Refused(_leaf.By(_root, leaf with { Expired = true }), [], anchors, "expired");
        Refused(_leaf.By(_root, leaf with { Purposes = [TrustAnchors.ClientAuthentication] }), [], anchors, "");
        Refused(_leaf.By(_root, leaf), [], [], "does not chain to any of the 0 configured CA certificates");
    }

    [Fact]
    public void A_stranger_with_a_thousand_issuers_is_refused_soon()
    {
        var (making, leaf) = Kinds(false);
        X509Certificate2Collection many = [.. Enumerable.Range(0, 40).SelectMany(_ => (X509Certificate2[])[Party.New("intermediate").By(_root, making), Party.New("root").By(_intermediate, making)])];
        Assert.NotNull(TrustAnchors.WhyNotTrusted(_leaf.By(_intermediate, leaf), many, [_other.By(_other, making)], TrustAnchors.ServerAuthentication));
        // These parties certify one another in a ring. All signatures are real.
        Party[] ring = [.. Enumerable.Range(0, 7).Select(number => Party.New($"ring {number}"))];
        X509Certificate2Collection all = [.. ring.SelectMany(one => ring.Where(by => by != one).Select(by => one.By(by, making)))];
        Assert.NotNull(TrustAnchors.WhyNotTrusted(_leaf.By(ring[0], leaf), all, [_other.By(_other, making)], TrustAnchors.ServerAuthentication));
    }

    private static (Making Authority, Making Leaf) Kinds(bool keyIds) =>
        (new Making { KeyIds = keyIds }, new Making { KeyIds = keyIds, Authority = false, Purposes = [TrustAnchors.ServerAuthentication], Names = ["leaf.example"] });

    private static void Trusted(X509Certificate2 end, X509Certificate2Collection others, X509Certificate2Collection anchors)
    {
        foreach (var (some, more) in Orders(others, anchors)) Assert.Null(TrustAnchors.WhyNotTrusted(end, some, more, TrustAnchors.ServerAuthentication));
    }

    private static void Refused(X509Certificate2 end, X509Certificate2Collection others, X509Certificate2Collection anchors, string why)
    {
        foreach (var (some, more) in Orders(others, anchors))
        {
            var said = TrustAnchors.WhyNotTrusted(end, some, more, TrustAnchors.ServerAuthentication);
            Assert.False(string.IsNullOrEmpty(said));
            Assert.Contains(why, said, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<(X509Certificate2Collection Others, X509Certificate2Collection Anchors)> Orders(X509Certificate2Collection others, X509Certificate2Collection anchors) =>
        from some in Permutations([.. others]) from more in Permutations([.. anchors]) select (new X509Certificate2Collection(some), new X509Certificate2Collection(more));

    private static IEnumerable<X509Certificate2[]> Permutations(X509Certificate2[] all) => all.Length == 0
        ? [[]]
        : all.SelectMany((first, index) => Permutations([.. all.Where((_, other) => other != index)]).Select(rest => (X509Certificate2[])[first, .. rest]));
}
