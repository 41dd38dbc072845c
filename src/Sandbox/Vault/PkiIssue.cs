using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Shared;

namespace AkkaVault.Sandbox.Vault;

/// <summary><c>:mount/issue/:role</c>: issues a leaf certificate and its key.</summary>
internal static class PkiIssue
{
    public const string CommonNameMissing =
        "the common_name field is required, or must be provided in a CSR with \"use_csr_common_name\" set to true, unless \"require_cn\" is set to false";

    public static (X509Certificate2 Certificate, AsymmetricAlgorithm Key, IReadOnlyList<string> Warnings) Make(
        PkiRole role, RequestData data, Authority ca, DateTimeOffset now, TimeSpan mountMaxTtl)
    {
        var commonName = data.Text("common_name") is { Length: > 0 } given ? given : throw new VaultRefusal(400, CommonNameMissing);
        if (!role.Allows(commonName)) throw new VaultRefusal(400, $"common name {commonName} not allowed by this role");
        var names = Names(role, data, commonName, out var hasNames);
        var warnings = new List<string>();
        var notAfter = now + Ttl(role, data, mountMaxTtl, warnings);
        if (notAfter > ca.Certificate.NotAfter)
            throw new VaultRefusal(400, $"cannot satisfy request, as TTL would result in notAfter {Json.Time(notAfter)} that is beyond the expiration of the CA certificate at {Json.Time(ca.Certificate.NotAfter)}");
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(commonName);
        var key = PkiCertificates.NewKey(role.KeyType, role.KeyBits);
        var request = PkiCertificates.Request(subject.Build(), key);
        PkiCertificates.AddLeafExtensions(request, names, hasNames);
        return (PkiCertificates.Sign(request, ca.Certificate, ca.Key, now, notAfter), key, warnings);
    }

    private static SubjectAlternativeNameBuilder Names(PkiRole role, RequestData data, string commonName, out bool any)
    {
        var builder = new SubjectAlternativeNameBuilder();
        var dns = new SortedSet<string>(data.Texts("alt_names") ?? [], StringComparer.Ordinal);
        foreach (var name in dns)
        {
            if (!role.Allows(name)) throw new VaultRefusal(400, $"subject alternate name {name} not allowed by this role");
        }

        if (!(data.Flag("exclude_cn_from_sans") ?? false)) dns.Add(commonName);
        foreach (var name in dns) builder.AddDnsName(name);
        var addresses = data.Texts("ip_sans") ?? [];
        if (addresses.Count > 0 && !role.AllowIpSans) throw new VaultRefusal(400, "IP Subject Alternative Names are not allowed in this role, but was provided");
        foreach (var text in addresses)
        {
            builder.AddIpAddress(IPAddress.TryParse(text, out var address)
                ? address
                : throw new VaultRefusal(400, $"the value \"{text}\" is not a valid IP address"));
        }

        any = dns.Count + addresses.Count > 0;
        return builder;
    }

    private static TimeSpan Ttl(PkiRole role, RequestData data, TimeSpan mountMaxTtl, List<string> warnings)
    {
        var asked = data.Span("ttl") ?? TimeSpan.Zero;
        var ttl = asked > TimeSpan.Zero ? asked : role.Ttl > TimeSpan.Zero ? role.Ttl : TokenBackend.SystemMaxTtl;
        var max = role.MaxTtl > TimeSpan.Zero && role.MaxTtl < mountMaxTtl ? role.MaxTtl : mountMaxTtl;
        if (ttl <= max) return ttl;
        if (asked > TimeSpan.Zero)
            warnings.Add($"TTL \"{GoDuration.Format(ttl)}\" is longer than permitted maxTTL \"{GoDuration.Format(max)}\", so maxTTL is being used");
        return max;
    }
}
