namespace AkkaVault.Controller.Configuration;

/// <content>Reads a section with a certificate of this controller and the CAs of its peers. Several sections have this form.</content>
internal sealed partial class ConfigurationReader
{
    private static IEnumerable<string> TlsKeys(string section) =>
        ((string[])["vaultCertBackend", "vaultCertRole", "vaultCABackends", "certFile", "certKey", "caCert"]).Select(key => $"{section}.{key}");

    /// <summary>The certificate and the CAs of a section. A certificate that is missing or incomplete is null, and so are missing CAs.</summary>
    /// <param name="section">The name of the section.</param>
    /// <param name="ca">What messages call the CAs.</param>
    /// <param name="caWhy">Why only one kind of CAs may be set, for the message when both are.</param>
    private (CertificateSource? Certificate, CaSource? Ca) Tls(string section, string ca, string caWhy)
    {
        string? Key(string key) => Present($"{section}.{key}");
        var (backend, role) = (Key("vaultCertBackend"), Key("vaultCertRole"));
        var (certFile, certKey) = (File($"{section}.certFile", Key("certFile")), File($"{section}.certKey", Key("certKey")));
        var (fromVault, fromFiles) = (backend is not null || role is not null, certFile is not null || certKey is not null);
        if (fromVault && fromFiles)
            _problems.Add($"{section}: certFile/certKey and vaultCertBackend/vaultCertRole are both set; expected one pair: the certificate comes from files or from Vault");
        if (backend is null != role is null)
            _problems.Add($"{section}.{(backend is null ? "vaultCertBackend" : "vaultCertRole")}: is missing; vaultCertBackend and vaultCertRole go together");
        if (certFile is null != certKey is null)
            _problems.Add($"{section}.{(certFile is null ? "certFile" : "certKey")}: is missing; certFile and certKey go together");
        if (backend is not null) Pki($"{section}.vaultCertBackend", backend, "a PKI mount such as root-ca");
        if (role is not null) Role($"{section}.vaultCertRole", role);
        var authorities = Ca(section, caWhy);
        if (authorities is not null && !fromVault && !fromFiles)
            _problems.Add($"{section}: {ca} (caCert, vaultCABackends) are set without a certificate of its own; expected certFile and certKey, or vaultCertBackend and vaultCertRole");
        CertificateSource? certificate = (certFile, certKey, backend, role) switch
        {
            ({ } file, { } key, _, _) => new CertificateSource.Files(file, key),
            (_, _, { } mount, { } name) => new CertificateSource.Pki(mount.Trim('/'), name),
            _ => null,
        };
        return (certificate, authorities);
    }

    /// <summary>The value of a key; null: the key is missing. Empty if the key has a wrong shape: it must not be reported as missing, too.</summary>
    private string? Present(string key) => _yaml.Scalar(key) ?? (_shapes.ContainsKey(key) ? "" : null);
}
