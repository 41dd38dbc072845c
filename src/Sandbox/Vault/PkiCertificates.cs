using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Makes the certificates of a PKI mount with the extensions that Vault gives them.</summary>
internal static class PkiCertificates
{
    /// <summary>How far in the past a certificate's validity starts, for clients whose clocks are behind.</summary>
    public static readonly TimeSpan NotBeforeMargin = TimeSpan.FromSeconds(30);

    public static AsymmetricAlgorithm NewKey(string type, int bits) => type switch
    {
        "rsa" => RSA.Create(bits == 0 ? 2048 : bits is 2048 or 3072 or 4096 ? bits : throw new VaultRefusal(400, $"unsupported key length for RSA key: {bits}")),
        "ec" => ECDsa.Create(bits switch
        {
            0 or 256 => ECCurve.NamedCurves.nistP256,
            384 => ECCurve.NamedCurves.nistP384,
            521 => ECCurve.NamedCurves.nistP521,
            _ => throw new VaultRefusal(400, $"unsupported bit length for EC key: {bits}"),
        }),
        _ => throw new VaultRefusal(400, $"unknown key type {type}"),
    };

    public static CertificateRequest Request(X500DistinguishedName subject, AsymmetricAlgorithm key) => key switch
    {
        RSA rsa => new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        ECDsa ec => new CertificateRequest(subject, ec, HashAlgorithmName.SHA256),
        _ => throw new ArgumentException("Neither RSA nor EC.", nameof(key)),
    };

    public static X509SignatureGenerator Signer(AsymmetricAlgorithm key) => key switch
    {
        RSA rsa => X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1),
        ECDsa ec => X509SignatureGenerator.CreateForECDsa(ec),
        _ => throw new ArgumentException("Neither RSA nor EC.", nameof(key)),
    };

    public static string PrivateKeyPem(AsymmetricAlgorithm key) => key switch
    {
        RSA rsa => rsa.ExportRSAPrivateKeyPem(),
        ECDsa ec => ec.ExportECPrivateKeyPem(),
        _ => throw new ArgumentException("Neither RSA nor EC.", nameof(key)),
    };

    public static void AddAuthorityExtensions(CertificateRequest request)
    {
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
    }

    /// <summary>Adds Vault's defaults for a leaf: signature, key encipherment and key agreement, for servers and clients.</summary>
    public static void AddLeafExtensions(CertificateRequest request, SubjectAlternativeNameBuilder names, bool hasNames)
    {
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.KeyAgreement, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        if (hasNames) request.CertificateExtensions.Add(names.Build());
    }

    /// <summary>Adds both key identifiers and signs. A null <paramref name="issuer"/> means self-signed.</summary>
    public static X509Certificate2 Sign(
        CertificateRequest request, X509Certificate2? issuer, AsymmetricAlgorithm issuerKey, DateTimeOffset now, DateTimeOffset notAfter)
    {
        var subjectKey = new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false);
        request.CertificateExtensions.Add(subjectKey);
        var authority = issuer?.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault() ?? (issuer is null ? subjectKey : null);
        if (authority is not null) request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(authority));
        return request.Create(issuer?.SubjectName ?? request.SubjectName, Signer(issuerKey), now - NotBeforeMargin, notAfter, NewSerial());
    }

    /// <summary>The serial number in Vault's format: lower-case hexadecimal bytes with colons.</summary>
    public static string Serial(X509Certificate2 certificate) =>
        string.Join(':', certificate.SerialNumber.Chunk(2).Select(pair => new string(pair).ToLowerInvariant()));

    /// <summary>160 random bits. The number is positive and always has 20 bytes.</summary>
    private static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(20);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x01);
        return serial;
    }
}
