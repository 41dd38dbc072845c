namespace AkkaVault.Shared.Vault;

/// <summary>Whom a certificate is for.</summary>
/// <param name="CommonName">The subject's common name; Vault makes it a DNS name of the certificate as well.</param>
/// <param name="AlternativeNames">More DNS names.</param>
/// <param name="Addresses">IP addresses.</param>
public sealed record CertificateNames(string CommonName, IReadOnlyList<string> AlternativeNames, IReadOnlyList<string> Addresses);

/// <summary>A certificate as Vault's PKI issues it; all in PEM.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="PrivateKey">Its key. A secret.</param>
/// <param name="CaChain">Its issuers, nearest first.</param>
public sealed record IssuedCertificate(string Certificate, string PrivateKey, IReadOnlyList<string> CaChain)
{
    /// <summary>Without the key.</summary>
    public override string ToString() => $"IssuedCertificate {{ CaChain = {CaChain.Count} }}";
}
