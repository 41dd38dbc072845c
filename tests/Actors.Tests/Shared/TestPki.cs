using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Actors.Tests.Shared;

/// <summary>The properties of a test's certificate.</summary>
internal sealed record Making
{
    /// <summary>Whether the certificate has the identifiers of its key and its issuer's key.</summary>
    public bool KeyIds { get; init; }

    /// <summary>Whether the certificate has expired.</summary>
    public bool Expired { get; init; }

    /// <summary>Whether the certificate may issue others.</summary>
    public bool Authority { get; init; } = true;

    /// <summary>How many authorities may follow below the certificate; null: any number.</summary>
    public int? PathLength { get; init; }

    /// <summary>The extended key usages; empty: any use.</summary>
    public IReadOnlyList<Oid> Purposes { get; init; } = [];

    /// <summary>The only domain for which the authority may issue certificates; null: any.</summary>
    public string? Domain { get; init; }

    /// <summary>DNS names and IP addresses.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
}

/// <summary>A name and a key, as subject or as issuer of certificates.</summary>
internal sealed record Party(string Name, ECDsa Key)
{
    public static Party New(string name) => new(name, ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public string KeyPem => Key.ExportPkcs8PrivateKeyPem();

    /// <summary>A certificate for this name and key, issued by another party or by this one.</summary>
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

    // See RFC 5280, 4.2.1.10.
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
