namespace AkkaVault.Shared.Vault;

/// <summary>The names and addresses of a certificate.</summary>
/// <param name="CommonName">The subject's common name. Vault also makes it a DNS name of the certificate.</param>
/// <param name="AlternativeNames">Further DNS names.</param>
/// <param name="Addresses">IP addresses.</param>
public sealed record CertificateNames(string CommonName, IReadOnlyList<string> AlternativeNames, IReadOnlyList<string> Addresses);

/// <summary>A certificate that Vault's PKI has issued; all parts are PEM.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="PrivateKey">The certificate's key. A secret.</param>
/// <param name="CaChain">The issuers, nearest first.</param>
public sealed record IssuedCertificate(string Certificate, string PrivateKey, IReadOnlyList<string> CaChain)
{
    /// <summary>A text without the key.</summary>
    public override string ToString() => $"IssuedCertificate {{ CaChain = {CaChain.Count} }}";
}
