using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Tests.TestKit.Certificates;

/// <summary>A name and a key, as subject or as issuer of certificates.</summary>
public sealed record CertificateSubject(string Name, ECDsa Key)
{
    /// <summary>A subject with a new key.</summary>
    public static CertificateSubject New(string name) => new(name, ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>The key in PEM (PKCS #8).</summary>
    public string KeyPem => Key.ExportPkcs8PrivateKeyPem();

    /// <summary>A certificate for this name and key, issued by another subject or by this one.</summary>
    public X509Certificate2 By(CertificateSubject issuer, CertificateOptions options)
    {
        var request = new CertificateRequest($"CN={Name}", Key, HashAlgorithmName.SHA256);
        var extensions = request.CertificateExtensions;
        extensions.Add(new X509BasicConstraintsExtension(options.Authority, options.PathLength is not null, options.PathLength ?? 0, true));
        if (options.Authority) extensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        if (options.Purposes.Count > 0) extensions.Add(new X509EnhancedKeyUsageExtension([.. options.Purposes], false));
        if (options.Domain is { } domain) extensions.Add(Permitted(domain));
        if (options.IssuerAddress is { } address) extensions.Add(new X509AuthorityInformationAccessExtension(ocspUris: null, caIssuersUris: [address.ToString()]));
        if (options.Names.Count > 0)
        {
            var names = new SubjectAlternativeNameBuilder();
            foreach (var name in options.Names)
            {
                if (IPAddress.TryParse(name, out var ip)) names.AddIpAddress(ip);
                else names.AddDnsName(name);
            }

            extensions.Add(names.Build());
        }

        if (options.KeyIds)
        {
            extensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
            extensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(new X509SubjectKeyIdentifierExtension(new PublicKey(issuer.Key), false)));
        }

        var now = DateTimeOffset.UtcNow;
        return request.Create(
            new X500DistinguishedName($"CN={issuer.Name}"), X509SignatureGenerator.CreateForECDsa(issuer.Key), now.AddDays(-2), now + (options.Expired ? TimeSpan.FromDays(-1) : options.Lifetime), RandomNumberGenerator.GetBytes(8));
    }

    /// <summary>The certificate of <see cref="By"/>, with the key.</summary>
    public X509Certificate2 WithKeyBy(CertificateSubject issuer, CertificateOptions options)
    {
        using var certificate = By(issuer, options);
        return certificate.CopyWithPrivateKey(Key);
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
