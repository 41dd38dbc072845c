using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Actors.Tests.Shared;

/// <summary>How a certificate of a test is made.</summary>
internal sealed record Making
{
    /// <summary>Whether it names its key and its issuer's.</summary>
    public bool KeyIds { get; init; }

    /// <summary>Whether it has ended.</summary>
    public bool Expired { get; init; }

    /// <summary>Whether it may issue others.</summary>
    public bool Authority { get; init; } = true;

    /// <summary>How many authorities may follow; null: any number.</summary>
    public int? PathLength { get; init; }

    /// <summary>What it is good for; none: anything.</summary>
    public IReadOnlyList<Oid> Purposes { get; init; } = [];

    /// <summary>The only domain that it may issue certificates for; null: any.</summary>
    public string? Domain { get; init; }

    /// <summary>DNS names and IP addresses.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
}

/// <summary>A name with a key: what may be certified, and may certify.</summary>
internal sealed record Party(string Name, ECDsa Key)
{
    public static Party New(string name) => new(name, ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public string KeyPem => Key.ExportPkcs8PrivateKeyPem();

    /// <summary>A certificate of this name and key by an issuer's, or by its own.</summary>
    public X509Certificate2 By(Party issuer, Making making)
    {
        var request = new CertificateRequest($"CN={Name}", Key, HashAlgorithmName.SHA256);
        var extensions = request.CertificateExtensions;
        extensions.Add(new X509BasicConstraintsExtension(making.Authority, making.PathLength is not null, making.PathLength ?? 0, true));
        if (making.Authority) extensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        if (making.Purposes.Count > 0) extensions.Add(new X509EnhancedKeyUsageExtension([.. making.Purposes], false));
        if (making.Domain is { } domain) extensions.Add(Permitted(domain));
        if (making.Names.Count > 0)
        {
            var names = new SubjectAlternativeNameBuilder();
            foreach (var name in making.Names)
            {
                if (System.Net.IPAddress.TryParse(name, out var address)) names.AddIpAddress(address);
                else names.AddDnsName(name);
            }

            extensions.Add(names.Build());
        }

        if (making.KeyIds)
        {
            extensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
            extensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(new X509SubjectKeyIdentifierExtension(new PublicKey(issuer.Key), false)));
        }

        var now = DateTimeOffset.UtcNow;
        return request.Create(
            new X500DistinguishedName($"CN={issuer.Name}"), X509SignatureGenerator.CreateForECDsa(issuer.Key), now.AddDays(-2), now.AddDays(making.Expired ? -1 : 2), RandomNumberGenerator.GetBytes(8));
    }

    // RFC 5280, 4.2.1.10.
    private static X509Extension Permitted(string domain)
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new System.Formats.Asn1.Asn1Tag(System.Formats.Asn1.TagClass.ContextSpecific, 0)))
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(System.Formats.Asn1.UniversalTagNumber.IA5String, domain, new System.Formats.Asn1.Asn1Tag(System.Formats.Asn1.TagClass.ContextSpecific, 2));
        }

        return new X509Extension("2.5.29.30", writer.Encode(), true);
    }
}
