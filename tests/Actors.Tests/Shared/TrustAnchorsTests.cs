using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Shared.Certificates;
using AkkaVault.Tests.TestKit.Certificates;

namespace AkkaVault.Actors.Tests.Shared;

/// <summary>
/// A certificate is trusted exactly when there is a path from it to an anchor. The order of the certificates
/// does not matter, nor whether they have key identifiers. What Go's crypto/x509 accepts is accepted.
/// </summary>
public sealed class TrustAnchorsTests
{
    private readonly CertificateSubject _leaf = CertificateSubject.New("leaf");
    private readonly CertificateSubject _intermediate = CertificateSubject.New("intermediate");
    private readonly CertificateSubject _root = CertificateSubject.New("root");
    private readonly CertificateSubject _other = CertificateSubject.New("other root");

    public static TheoryData<bool> KeyIds => [true, false];

    [Theory]
    [MemberData(nameof(KeyIds))]
    public void An_intermediate_is_an_anchor_whatever_became_of_its_root(bool keyIds)
    {
        var (options, leaf) = Kinds(keyIds);
        var (intermediate, end) = (_intermediate.By(_root, options), _leaf.By(_intermediate, leaf));
        foreach (var root in (X509Certificate2[])[_root.By(_root, options), _root.By(_root, options with { Expired = true }), CertificateSubject.New("root").By(_root, options)])
        {
            Trusted(end, [], [intermediate]);
            Trusted(end, [root, intermediate], [intermediate]);
        }

        Trusted(end, [intermediate], [end]);
        var ended = _intermediate.By(_root, options with { Expired = true });
        Refused(end, [], [ended], "expired");
        Refused(end, [intermediate], [ended], "expired");
        Trusted(end, [intermediate], [ended, _root.By(_root, options)]);
    }

    /// <summary>
    /// A CA has changed its key and has cross-certificates in both directions, one of them expired. .NET throws for these: see <c>BuiltPath</c>. When
    /// the first assertion fails, .NET (dotnet/runtime#25719) has a status for what OpenSSL says, and the catch there can go.
    /// </summary>
    [Fact]
    public void Cross_certificates_that_NET_cannot_judge_do_not_hide_a_path()
    {
        var (options, leaf) = Kinds(keyIds: true);
        var next = CertificateSubject.New("root");
        var end = _leaf.By(next, leaf);
        X509Certificate2Collection others = [next.By(_root, options), _intermediate.By(_other, options)];
        X509Certificate2Collection anchors = [next.By(_root, options), _root.By(next, options with { Expired = true })];
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(anchors);
        chain.ChainPolicy.ExtraStore.AddRange(others);
        chain.ChainPolicy.ExtraStore.AddRange(anchors);
        Assert.Throws<CryptographicException>(() => chain.Build(end));
        Trusted(end, others, anchors);
    }

    [Theory]
    [MemberData(nameof(KeyIds))]
    public void Of_two_roots_with_one_name_either_is_found(bool keyIds)
    {
        var (options, leaf) = Kinds(keyIds);
        var successor = CertificateSubject.New("root");
        foreach (var issuer in (CertificateSubject[])[_root, successor])
        {
            var (old, next, end) = (_root.By(_root, options), successor.By(successor, options), _leaf.By(_intermediate, leaf));
            Trusted(end, [_intermediate.By(issuer, options)], [old, next]);
            Trusted(_leaf.By(issuer, leaf), [], [old, next]);
            Trusted(_leaf.By(issuer, leaf), [], [old, next, CertificateSubject.New("root").By(_other, options)]);
        }
    }

    [Theory]
    [MemberData(nameof(KeyIds))]
    public void Of_two_roots_with_one_name_one_has_ended(bool keyIds)
    {
        var (options, leaf) = Kinds(keyIds);
        var successor = CertificateSubject.New("root");
        X509Certificate2Collection anchors = [_root.By(_root, options with { Expired = true }), successor.By(successor, options)];
        Trusted(_leaf.By(successor, leaf), [], anchors);
        Refused(_leaf.By(_root, leaf), [], anchors, "expired");
        // The root was renewed with the same key. The certificate that is valid now counts.
        Trusted(_leaf.By(_root, leaf), [], [_root.By(_root, options with { Expired = true }), _root.By(_root, options)]);
    }

    [Theory]
    [MemberData(nameof(KeyIds))]
    public void A_cross_signed_intermediate_leads_to_each_root(bool keyIds)
    {
        var (options, leaf) = Kinds(keyIds);
        var end = _leaf.By(_intermediate, leaf);
        X509Certificate2Collection both = [_intermediate.By(_root, options), _intermediate.By(_other, options)];
        var (root, other, ended) = (_root.By(_root, options), _other.By(_other, options), _root.By(_root, options with { Expired = true }));
        Trusted(end, both, [root]);
        Trusted(end, both, [other]);
        Trusted(end, [.. both, other], [root]);
        Trusted(end, both, [ended, other]);
        Trusted(end, [_intermediate.By(_root, options with { Expired = true }), both[1]], [root, other]);
        Refused(end, both, [ended], "expired");
    }

    [Theory]
    [MemberData(nameof(KeyIds))]
    public void Roots_that_certify_one_another_lead_to_each_other(bool keyIds)
    {
        var (options, leaf) = Kinds(keyIds);
        X509Certificate2Collection cross = [_root.By(_other, options), _other.By(_root, options), _root.By(_root, options), _other.By(_other, options)];
        foreach (var issuer in (CertificateSubject[])[_root, _other])
        {
            Trusted(_leaf.By(issuer, leaf), cross, [cross[2]]);
            Trusted(_leaf.By(issuer, leaf), cross, [cross[3]]);
            Refused(_leaf.By(issuer, leaf), cross, [CertificateSubject.New("root").By(CertificateSubject.New("root"), options)], "does not chain");
        }
    }

    [Theory]
    [MemberData(nameof(KeyIds))]
    public void A_name_without_the_key_is_never_enough(bool keyIds)
    {
        var (options, leaf) = Kinds(keyIds);
        var (root, intermediate) = (_root.By(_root, options), _intermediate.By(_root, options));
        var (forgedRoot, forgedIntermediate) = (CertificateSubject.New("root"), CertificateSubject.New("intermediate"));
        Refused(_leaf.By(forgedRoot, leaf), [], [root], "the configured CA certificate \"CN=root\" has the name of an issuer, but another key");
        Refused(_leaf.By(forgedRoot, leaf), [forgedRoot.By(forgedRoot, options)], [root], "another key");
        Refused(_leaf.By(forgedIntermediate, leaf), [intermediate], [root], "does not chain");
        Refused(_leaf.By(forgedIntermediate, leaf), [intermediate, forgedIntermediate.By(forgedRoot, options)], [root], "does not chain");
        Refused(_leaf.By(forgedIntermediate, leaf), [intermediate, forgedIntermediate.By(forgedIntermediate, options)], [intermediate], "another key");
        // To present an anchor proves nothing: the leaf must also be signed by it.
        Refused(_leaf.By(_leaf, leaf), [root, intermediate], [root, intermediate], "does not chain");
    }

    [Theory]
    [MemberData(nameof(KeyIds))]
    public void Who_may_not_issue_leads_nowhere(bool keyIds)
    {
        var (options, leaf) = Kinds(keyIds);
        var (root, end, good) = (_root.By(_root, options), _leaf.By(_intermediate, leaf), _intermediate.By(_other, options));
        foreach (var (bad, why) in ((CertificateOptions, string)[])
        [
            (options with { Authority = false }, ""), (options with { Purposes = [TrustAnchors.ClientAuthentication] }, ""),
            (options with { Domain = "other.example" }, ""), (options with { Expired = true }, "expired"),
        ])
        {
            Refused(end, [_intermediate.By(_root, bad)], [root], why);
            // Another issuer may still allow the certificate.
            Trusted(end, [_intermediate.By(_root, bad), good], [root, _other.By(_other, options)]);
        }

        var narrow = _root.By(_root, options with { PathLength = 0 });
        Refused(end, [_intermediate.By(_root, options)], [narrow], "");
        Trusted(_leaf.By(_root, leaf), [], [narrow]);
        Trusted(end, [_intermediate.By(_root, options), good], [narrow, _other.By(_other, options)]);
    }

    [Theory]
    [MemberData(nameof(KeyIds))]
    public void What_is_wrong_with_the_certificate_itself_is_said(bool keyIds)
    {
        var (options, leaf) = Kinds(keyIds);
        X509Certificate2Collection anchors = [_root.By(_root, options), CertificateSubject.New("root").By(_other, options)];
        Refused(_leaf.By(_root, leaf with { Expired = true }), [], anchors, "expired");
        Refused(_leaf.By(_root, leaf with { Purposes = [TrustAnchors.ClientAuthentication] }), [], anchors, "");
        Refused(_leaf.By(_root, leaf), [], [], "does not chain to any of the 0 configured CA certificates");
    }

    [Fact]
    public void A_stranger_with_a_thousand_issuers_is_refused_soon()
    {
        var (options, leaf) = Kinds(false);
        X509Certificate2Collection many = [.. Enumerable.Range(0, 40).SelectMany(_ => (X509Certificate2[])[CertificateSubject.New("intermediate").By(_root, options), CertificateSubject.New("root").By(_intermediate, options)])];
        Assert.NotNull(TrustAnchors.WhyNotTrusted(_leaf.By(_intermediate, leaf), many, [_other.By(_other, options)], TrustAnchors.ServerAuthentication));
        // These parties certify one another in a ring. All signatures are real.
        CertificateSubject[] ring = [.. Enumerable.Range(0, 7).Select(number => CertificateSubject.New($"ring {number}"))];
        X509Certificate2Collection all = [.. ring.SelectMany(one => ring.Where(by => by != one).Select(by => one.By(by, options)))];
        Assert.NotNull(TrustAnchors.WhyNotTrusted(_leaf.By(ring[0], leaf), all, [_other.By(_other, options)], TrustAnchors.ServerAuthentication));
    }

    private static (CertificateOptions Authority, CertificateOptions Leaf) Kinds(bool keyIds) =>
        (new CertificateOptions { KeyIds = keyIds }, new CertificateOptions { KeyIds = keyIds, Authority = false, Purposes = [TrustAnchors.ServerAuthentication], Names = ["leaf.example"] });

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
