using AkkaVault.Shared;

namespace AkkaVault.Controller.Configuration;

/// <content>The <c>vault</c> section.</content>
public sealed partial class ConfigurationReader
{
    private static string[] VaultKeys =>
    [
        "vault.addr", "vault.token", "vault.skipTokenRoleNameValidation", "vault.wrappingTTL", "vault.tls.vaultCABackends", "vault.tls.caCert",
    ];

    private VaultSettings? Vault()
    {
        var (address, token) = (Required("vault.addr"), Required("vault.token"));
        var uri = Url("vault.addr", address);
        var skip = Bool("vault.skipTokenRoleNameValidation");
        var (wrappingTtl, caCert) = (WrappingTtl(), VaultCa());
        return uri is not null && token is not null ? new VaultSettings(uri, address!, token, skip, caCert, wrappingTtl) : null;
    }

    private TimeSpan WrappingTtl()
    {
        var text = _yaml.Scalar("vault.wrappingTTL") ?? "60s";
        // Vault takes plain numbers as seconds, and so did the original.
        var written = long.TryParse(text, out _) ? text + "s" : text;
        if (!GoDuration.TryParse(written, out var ttl, out var error)) _problems.Add($"vault.wrappingTTL: \"{text}\": {error}");
        else if (ttl < TimeSpan.FromSeconds(1)) Problem("vault.wrappingTTL", text, "at least 1s");
        return ttl;
    }

    private string? VaultCa()
    {
        var caCert = _yaml.Scalar("vault.tls.caCert");
        var backends = _yaml.List("vault.tls.vaultCABackends");
        if (caCert is not null && backends.Count > 0)
            _problems.Add("vault.tls.caCert, vault.tls.vaultCABackends: both are set; expected one of them: either a CA file or Vault PKI backends verify Vault's certificate");
        else if (backends.Count > 0)
            NotYet("vault.tls.vaultCABackends", "vault.tls.caCert with the same certificates in a file");
        return File("vault.tls.caCert", caCert);
    }

    private Uri? Url(string key, string? text)
    {
        if (text is null) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") return uri;
        Problem(key, text, "an absolute http or https URL such as https://vault:8200");
        return null;
    }
}
