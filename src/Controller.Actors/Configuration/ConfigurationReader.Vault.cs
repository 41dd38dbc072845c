using AkkaVault.Shared;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Configuration;

/// <content>Reads the <c>vault</c> section.</content>
internal sealed partial class ConfigurationReader
{
    private const string ServiceAccountToken = "/var/run/secrets/kubernetes.io/serviceaccount/token";

    private static string[] VaultKeys =>
    [
        "vault.addr", "vault.token", "vault.tokenFile", "vault.skipTokenRoleNameValidation", "vault.wrappingTTL",
        "vault.tls.vaultCABackends", "vault.tls.caCert", "vault.namespace", "vault.approlePath", "vault.bindToPodIP", "vault.maxConcurrency",
        "vault.auth.kubernetes.mount", "vault.auth.kubernetes.role", "vault.auth.kubernetes.jwtPath",
        "vault.auth.approle.mount", "vault.auth.approle.roleIdFile", "vault.auth.approle.secretIdFile",
    ];

    private VaultSettings? Vault()
    {
        var address = Required("vault.addr");
        var uri = Url("vault.addr", address);
        var login = Login();
        var skip = Bool("vault.skipTokenRoleNameValidation");
        var ca = Ca("vault.tls", "either a CA file or Vault PKI backends verify Vault's certificate");
        var (wrappingTtl, appRole) = (WrappingTtl(), Mount("vault.approlePath", "approle"));
        var ns = _yaml.Scalar("vault.namespace") is null ? null : Mount("vault.namespace", "");
        var (bind, concurrency) = (Bool("vault.bindToPodIP"), MaxConcurrency());
        return uri is null || login is null
            ? null
            : new VaultSettings(uri, address!, login, skip, ca, wrappingTtl, appRole, ns is "root" ? null : ns, bind, concurrency);
    }

    /// <summary>The one way to authenticate. Null if the section has no way, several ways or a wrong one; a problem then says so.</summary>
    private VaultLogin? Login()
    {
        var ways = new Dictionary<string, Func<VaultLogin?>>();
        if (_yaml.Scalar("vault.token") is { } token) ways["vault.token"] = () => GivenToken(token);
        if (_yaml.Scalar("vault.tokenFile") is { } file) ways["vault.tokenFile"] = () => CredentialFile("vault.tokenFile", file) is { } path ? new VaultLogin.TokenFile(path) : null;
        if (_yaml.HasSection("vault.auth.kubernetes")) ways["vault.auth.kubernetes"] = KubernetesLogin;
        if (_yaml.HasSection("vault.auth.approle")) ways["vault.auth.approle"] = AppRoleLogin;
        if (ways.Count == 1) return ways.Values.Single()();
        _problems.Add(ways.Count == 0
            ? $"{Missing("vault.token")}; expected one of vault.token, vault.tokenFile, vault.auth.kubernetes, vault.auth.approle"
            : $"{string.Join(", ", ways.Keys)}: are all set; expected exactly one of them, because the controller authenticates in one way only");
        return null;
    }

    private VaultLogin.Token? GivenToken(string token)
    {
        if (SettingText.IsCredential(token)) return new VaultLogin.Token(token);
        _problems.Add("vault.token: has spaces, line breaks or other characters that no token has; expected a token (it is not shown here)");
        return null;
    }

    private VaultLogin.Kubernetes? KubernetesLogin()
    {
        var (role, mount) = (Required("vault.auth.kubernetes.role"), Mount("vault.auth.kubernetes.mount", "kubernetes"));
        if (role is not null) Role("vault.auth.kubernetes.role", role);
        var jwt = CredentialFile("vault.auth.kubernetes.jwtPath", _yaml.Scalar("vault.auth.kubernetes.jwtPath") ?? ServiceAccountToken);
        return role is null || jwt is null ? null : new VaultLogin.Kubernetes(mount, role, jwt);
    }

    private VaultLogin.AppRole? AppRoleLogin()
    {
        var mount = Mount("vault.auth.approle.mount", "approle");
        return (RequiredFile("vault.auth.approle.roleIdFile"), RequiredFile("vault.auth.approle.secretIdFile")) is ({ } roleId, { } secretId) ? new VaultLogin.AppRole(mount, roleId, secretId) : null;

        string? RequiredFile(string key) => Required(key) is { } file ? CredentialFile(key, file) : null;
    }

    // The controller logs the path of a missing file. A text without a slash may be the credential itself, so it is refused.
    private string? CredentialFile(string key, string path)
    {
        if (path.Contains('/')) return path;
        _problems.Add($"{key}: has no / and may be the credential itself, so it is not shown here; expected the path of a file with a / in it, such as /vault/secrets/token or ./token");
        return null;
    }

    private TimeSpan WrappingTtl()
    {
        var text = _yaml.Scalar("vault.wrappingTTL") ?? "60s";
        // Vault and the original read a plain number as seconds.
        var written = long.TryParse(text, out _) ? text + "s" : text;
        if (!GoDuration.TryParse(written, out var ttl, out var error)) _problems.Add($"vault.wrappingTTL: \"{text}\": {error}");
        else if (ttl < TimeSpan.FromSeconds(1)) Problem("vault.wrappingTTL", text, "at least 1s");
        return ttl;
    }

    private int MaxConcurrency()
    {
        var text = _yaml.Scalar("vault.maxConcurrency") ?? "16";
        if (!int.TryParse(text, out var count) || count is < 1 or > 1000) Problem("vault.maxConcurrency", text, "a whole number from 1 to 1000");
        return count;
    }

    /// <summary>The path of a mount or a namespace, without slashes at its ends.</summary>
    private string Mount(string key, string otherwise)
    {
        var text = _yaml.Scalar(key) ?? otherwise;
        var path = text.Trim('/');
        // Vault's API and policies have auth/ before the path of an auth mount, so people copy it like that.
        if (key != "vault.namespace" && path.StartsWith("auth/", StringComparison.Ordinal)) path = path["auth/".Length..];
        if (!IsPath(path)) Problem(key, text, "a path such as team/approle");
        return path;
    }

    private static bool IsPath(string path) =>
        path.Length > 0 && !path.Split('/').Any(segment => segment is "" or "." or "..") && !path.Any(c => c is <= ' ' or > '~' or '?' or '#' or '%');

    private string Pki(string key, string text, string expected)
    {
        var path = text.Trim('/');
        if (!IsPath(path)) Problem(key, text, expected);
        return path;
    }

    private void Role(string key, string text)
    {
        if (!RoleName.IsValid(text)) Problem(key, text, "the name of a role such as kubernetes-vault: letters, digits, _, - and .");
    }

    /// <summary>The CA certificates of a <c>tls</c> section.</summary>
    private CaSource? Ca(string section, string why)
    {
        var caCert = Present($"{section}.caCert");
        var backends = _yaml.List($"{section}.vaultCABackends");
        if (caCert is not null && backends.Count > 0)
            _problems.Add($"{section}.caCert, {section}.vaultCABackends: both are set; expected one of them: {why}");
        if (File($"{section}.caCert", caCert) is { } file) return new CaSource.File(file);
        return backends.Count == 0 && Present($"{section}.vaultCABackends") is null
            ? null
            : new CaSource.Backends([.. backends.Select(mount => Pki($"{section}.vaultCABackends", mount, "a list of PKI mounts such as [root-ca]"))]);
    }

    /// <summary>The part of an address that a Vault address must not have, and the address without that part; null: there is none.</summary>
    private static (string What, string Right)? NotOfVault(Uri uri)
    {
        var path = $"{uri.AbsolutePath.TrimEnd('/')}/";
        string Before(string part) => uri.GetLeftPart(UriPartial.Authority) + (path.IndexOf(part, StringComparison.Ordinal) is >= 0 and var at ? path[..at] : path.TrimEnd('/'));
        return uri switch
        {
            { Query.Length: > 0 } => ("a query", Before("/ui/")),
            { Fragment.Length: > 0 } => ("a fragment", Before("/ui/")),
            _ when path.Contains("/v1/", StringComparison.Ordinal) => ("/v1, which is added to it", Before("/v1/")),
            _ when path.Contains("/ui/", StringComparison.Ordinal) => ("the path of its web interface", Before("/ui/")),
            _ => null,
        };
    }

    private Uri? Url(string key, string? text)
    {
        if (text is null) return null;
        if (VaultAddress.TryParse(text, out var address) && address.UserInfo.Length == 0)
        {
            // People copy an address with /ui or /v1 from a browser or a curl command. Vault would refuse each request: it has no path below that address.
            if (NotOfVault(address) is not var (what, right)) return address;
            // A query may contain a secret.
            if (address.Query.Length > 0) _problems.Add($"{key}: has {what} (it is not shown here); expected Vault's address without {what}: {right}");
            else Problem(key, text, $"Vault's address without {what}: {right}");
            return null;
        }

        // The text is not quoted, even if it is not a URL: the part before the @ may be a password.
        if (text.Contains('@', StringComparison.Ordinal))
        {
            _problems.Add($"{key}: has a user name or a password in it, or is not a URL (it is not shown here); "
                + "expected an absolute http or https URL without a user name or a password: every pod gets this URL");
        }
        else
        {
            Problem(key, text, "an absolute http or https URL such as https://vault:8200");
        }

        return null;
    }
}
