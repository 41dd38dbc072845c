using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Shared.Certificates;

/// <summary>Self-signed server certificates.</summary>
public static class SelfSigned
{
    /// <summary>
    /// An ECDSA P-256 server certificate for one address. The original's init container makes the same kind for itself.
    /// </summary>
    /// <param name="address">The IP subject alternative name.</param>
    /// <param name="lifetime">How long the certificate is valid from now. Its validity begins a minute before now, because clocks differ.</param>
    public static X509Certificate2 For(IPAddress address, TimeSpan lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=akkavault-init", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddMinutes(-1), now + lifetime);
    }
}
