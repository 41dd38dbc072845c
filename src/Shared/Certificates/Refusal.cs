using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Shared.Certificates;

/// <summary>The message that says why a certificate is not trusted.</summary>
public static class Refusal
{
    /// <summary>The message, for people.</summary>
    /// <param name="who">Who presented the certificate.</param>
    /// <param name="certificate">The certificate.</param>
    /// <param name="why">Why the certificate is not trusted.</param>
    public static string Of(string who, X509Certificate2 certificate, string why) => string.Create(
        CultureInfo.InvariantCulture,
        $"{who} presented the certificate with subject \"{certificate.Subject}\", issuer \"{certificate.Issuer}\", valid from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}; it is not trusted: {why}");
}
