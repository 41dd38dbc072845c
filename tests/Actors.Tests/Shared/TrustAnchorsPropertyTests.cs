using System.Security.Cryptography.X509Certificates;
using AkkaVault.Shared.Certificates;
using AkkaVault.Tests.TestKit.Certificates;
using FsCheck;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Shared;

/// <summary>
/// Random authorities that certify one another. Several have the same name, and some
/// have expired. A certificate is trusted exactly when it has a path to an anchor. Without key identifiers, OpenSSL cannot tell two authorities of one
/// name on one path apart: such a path may be refused.
/// </summary>
public sealed class TrustAnchorsPropertyTests
{
    private static readonly CertificateSubject[] s_parties = [.. Enumerable.Range(0, 6).Select(number => CertificateSubject.New($"ca {number % 3}"))];
    private static readonly CertificateSubject s_end = CertificateSubject.New("leaf");

    private sealed record Issued(CertificateSubject Subject, CertificateSubject Issuer, bool Expired, X509Certificate2 Certificate);

    [Property(MaxTest = 150)]
    public void Trusted_is_what_a_path_of_signatures_leads_to_an_anchor(DoNotSize<int> seed, bool keyIds)
    {
        var random = new Random(seed.Item);
        var authorities = new List<Issued>();
        for (var count = random.Next(1, 9); count > 0; count--)
        {
            var (subject, issuer) = (s_parties[random.Next(6)], s_parties[random.Next(6)]);
            // A certificate issued by a predecessor of the same name has key identifiers. Without them OpenSSL takes the certificate for self-signed.
            if (subject != issuer && subject.Name == issuer.Name && !keyIds) issuer = subject;
            var expired = random.Next(6) == 0;
            authorities.Add(new Issued(subject, issuer, expired, subject.By(issuer, new CertificateOptions { KeyIds = keyIds, Expired = expired })));
        }

        var by = s_parties[random.Next(6)];
        var end = new Issued(s_end, by, false, s_end.By(by, new CertificateOptions { KeyIds = keyIds, Authority = false }));
        Issued[] anchors = [.. authorities.Where(_ => random.Next(3) == 0)];
        var isTrusted = Leads(end, [s_end], authorities, anchors, namesMayRepeat: keyIds);
        var mayBeTrusted = Leads(end, [s_end], authorities, anchors, namesMayRepeat: true);
        for (var order = 0; order < 3; order++)
        {
            X509Certificate2[] others = [.. authorities.Except(anchors).Select(one => one.Certificate)], bundle = [.. anchors.Select(one => one.Certificate)];
            random.Shuffle(others);
            random.Shuffle(bundle);
            var why = TrustAnchors.WhyNotTrusted(end.Certificate, [.. others], [.. bundle], TrustAnchors.ServerAuthentication);
            Assert.True(why is null ? mayBeTrusted : !isTrusted, $"expected {isTrusted} (or {mayBeTrusted}), and it is {why ?? "trusted"}; by {Array.IndexOf(s_parties, by)}; {string.Join(", ", authorities.Select(one => $"{(anchors.Contains(one) ? "anchor " : "")}{Array.IndexOf(s_parties, one.Subject)} by {Array.IndexOf(s_parties, one.Issuer)}{(one.Expired ? " expired" : "")}"))}");
            Assert.NotEqual("", why);
        }
    }

    /// <summary>For what OpenSSL says of these, .NET has no status: it throws.</summary>
    [Theory]
    [InlineData(2145790211)]
    [InlineData(2145790148)]
    public void A_path_that_NET_cannot_judge_is_no_path(int seed) =>
        Trusted_is_what_a_path_of_signatures_leads_to_an_anchor(DoNotSize<int>.NewDoNotSize(seed), keyIds: true);

    private static bool Leads(Issued from, IReadOnlyList<CertificateSubject> passed, IReadOnlyList<Issued> all, IReadOnlyList<Issued> anchors, bool namesMayRepeat) =>
        !from.Expired && (anchors.Contains(from) || all.Any(next => next.Subject == from.Issuer
            && !passed.Any(one => one == next.Subject || (!namesMayRepeat && one.Name == next.Subject.Name))
            && Leads(next, [.. passed, next.Subject], all, anchors, namesMayRepeat)));
}
