using System.Net;
using AkkaVault.InitContainer.Secrets;
using AkkaVault.Shared;
using AkkaVault.Shared.Http;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer;

/// <summary>The kind of credential that the program writes.</summary>
internal enum CredentialKind
{
    /// <summary>A logged-in Vault token.</summary>
    Token,

    /// <summary>The unwrapped secret_id (<c>RETRIEVE_TOKEN=false</c>).</summary>
    SecretId,

    /// <summary>The wrapping token as it came (<c>UNWRAP_SECRET=false</c>).</summary>
    WrappedSecretId,
}

/// <summary>What the program does once the credential is written.</summary>
internal enum Mode
{
    /// <summary>The program ends: it is an init container.</summary>
    Init,

    /// <summary>The program stays and renews the token.</summary>
    Sidecar,
}

/// <summary>
/// The environment variables, read and validated. White space at their ends is cut off, because a value from a Secret often ends in a line
/// break. An empty variable counts as unset, as in the original.
/// </summary>
/// <param name="RoleId"><c>VAULT_ROLE_ID</c>: the AppRole's role_id.</param>
/// <param name="CredentialsPath"><c>CREDENTIALS_PATH</c>: the folder that the files are written into.</param>
/// <param name="LogLevel"><c>LOG_LEVEL</c>.</param>
/// <param name="Kind">From <c>RETRIEVE_TOKEN</c> and <c>UNWRAP_SECRET</c>.</param>
/// <param name="Timeout"><c>TIMEOUT</c>: how long to wait for a secret.</param>
/// <param name="ListenAddress"><c>LISTEN_ADDRESS</c>; null: every address, IPv4 and IPv6.</param>
/// <param name="ExpectedVault"><c>EXPECTED_VAULT_ADDR</c>: the only Vault that a push may name; null: any.</param>
/// <param name="Mode"><c>MODE</c>.</param>
/// <param name="RevokeOnShutdown"><c>REVOKE_ON_SHUTDOWN</c>: whether a sidecar that is asked to stop revokes the token.</param>
/// <param name="Warnings">What is probably a mistake, but has a meaning.</param>
internal sealed record Settings(
    string RoleId, string CredentialsPath, LogLevel LogLevel, CredentialKind Kind, TimeSpan Timeout, IPAddress? ListenAddress,
    Uri? ExpectedVault, Mode Mode, bool RevokeOnShutdown, IReadOnlyList<string> Warnings)
{
    /// <summary><c>VAULT_SECRETS</c>; null: none are asked for.</summary>
    public SecretSettings? Secrets { get; init; }

    /// <summary>The default of <c>CREDENTIALS_PATH</c>.</summary>
    internal const string DefaultCredentialsPath = "/var/run/secrets/boostport.com";
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    // A timer can hold 49 days. Nobody waits that long.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(40);

    /// <summary>Reads all variables.</summary>
    /// <param name="variable">Returns the value of a variable, or null.</param>
    /// <param name="problems">All problems. Each names the variable, its value and what was expected.</param>
    /// <returns>The settings; null: there are problems.</returns>
    public static Settings? Read(Func<string, string?> variable, out IReadOnlyList<string> problems)
    {
        var wrong = new List<string>();
        var odd = new List<string>();
        var unfit = new HashSet<string>(StringComparer.Ordinal);
        string? Value(string name)
        {
            if (SettingText.Trim(variable(name) ?? "") is not { Length: > 0 } value) return null;
            if (!SettingText.HasInvisible(value)) return value;
            if (unfit.Add(name)) wrong.Add($"{Shown(name, value)}, expected no line breaks and no other invisible characters in it");
            // Further problems of this value would be misleading.
            return null;
        }

        var roleId = Value("VAULT_ROLE_ID");
        if (roleId is null && !unfit.Contains("VAULT_ROLE_ID")) wrong.Add("VAULT_ROLE_ID is not set, expected the role_id of the pod's AppRole");

        var retrieve = ReadBoolean("RETRIEVE_TOKEN", Value, odd);
        var unwrap = ReadBoolean("UNWRAP_SECRET", Value, odd);
        if (retrieve && !unwrap)
        {
            wrong.Add($"UNWRAP_SECRET={Value("UNWRAP_SECRET")} while RETRIEVE_TOKEN={Value("RETRIEVE_TOKEN") ?? "true (the default)"}, "
                + "expected RETRIEVE_TOKEN=false too: a token cannot be retrieved without unwrapping the secret_id");
        }

        var mode = ReadMode(Value, wrong);
        if (mode == Mode.Sidecar && !retrieve)
            wrong.Add($"MODE=sidecar while RETRIEVE_TOKEN={Value("RETRIEVE_TOKEN")}, expected RETRIEVE_TOKEN=true: without a token there is nothing to renew");
        var revoke = ReadRevokeOnShutdown(Value, wrong);
        if (mode == Mode.Init && revoke)
            odd.Add("REVOKE_ON_SHUTDOWN=true has no effect without MODE=sidecar: an init container ends before the application starts");

        var settings = new Settings(
            roleId ?? "",
            ReadCredentialsPath(Value, unfit, wrong),
            ReadLogLevel(Value, wrong),
            retrieve ? CredentialKind.Token : unwrap ? CredentialKind.SecretId : CredentialKind.WrappedSecretId,
            ReadTimeout(Value, wrong),
            ReadListenAddress(Value, wrong),
            ReadExpectedVault(Value, wrong),
            mode,
            revoke,
            odd)
        { Secrets = SecretSettings.Read(variable, retrieve, mode, wrong, odd) };
        var proxies = ProxyVariables.Read(variable);
        wrong.AddRange(proxies.Problems);
        odd.AddRange(proxies.Warnings);
        problems = wrong;
        return wrong.Count == 0 ? settings : null;
    }

    private static bool ReadBoolean(string name, Func<string, string?> value, List<string> odd)
    {
        var text = value(name);
        if (string.Equals(text, "false", StringComparison.OrdinalIgnoreCase)) return false;
        if (text is not null && !string.Equals(text, "true", StringComparison.OrdinalIgnoreCase))
            odd.Add($"{name}={text}, expected true or false; treated as true, as every value other than false always was");
        return true;
    }

    private static LogLevel ReadLogLevel(Func<string, string?> value, List<string> wrong)
    {
        switch (value("LOG_LEVEL"))
        {
            case null or "debug": return LogLevel.Debug;
            case "info": return LogLevel.Info;
            case "error": return LogLevel.Error;
            case var other:
                wrong.Add($"LOG_LEVEL={other}, expected debug, info or error");
                return LogLevel.Debug;
        }
    }

    private static TimeSpan ReadTimeout(Func<string, string?> value, List<string> wrong)
    {
        if (value("TIMEOUT") is not { } text) return DefaultTimeout;
        if (!GoDuration.TryParse(text, out var timeout, out var error)) wrong.Add($"TIMEOUT={text}, {error}");
        else if (timeout <= TimeSpan.Zero) wrong.Add($"TIMEOUT={text}, expected more than 0s");
        return timeout < LongestTimeout ? timeout : LongestTimeout;
    }

    private static Mode ReadMode(Func<string, string?> value, List<string> wrong)
    {
        switch (value("MODE"))
        {
            case null or "init": return Mode.Init;
            case "sidecar": return Mode.Sidecar;
            case var other:
                wrong.Add($"MODE={other}, expected init or sidecar");
                return Mode.Init;
        }
    }

    private static bool ReadRevokeOnShutdown(Func<string, string?> value, List<string> wrong)
    {
        switch (value("REVOKE_ON_SHUTDOWN"))
        {
            case null or "false": return false;
            case "true": return true;
            case var other:
                wrong.Add($"REVOKE_ON_SHUTDOWN={other}, expected true or false");
                return false;
        }
    }

    private static IPAddress? ReadListenAddress(Func<string, string?> value, List<string> wrong)
    {
        if (value("LISTEN_ADDRESS") is not { } text) return null;
        if (IPAddress.TryParse(text, out var address)) return address;
        wrong.Add($"LISTEN_ADDRESS={text}, expected an IPv4 or IPv6 address such as 10.0.0.7 or fd00::7");
        return null;
    }

    private static Uri? ReadExpectedVault(Func<string, string?> value, List<string> wrong)
    {
        if (value("EXPECTED_VAULT_ADDR") is not { } text) return null;
        if (VaultAddress.TryParse(text, out var address) && address.UserInfo.Length == 0) return address;
        // The text is not quoted, even if it is not a URL: the part before the @ may be a password.
        if (MayHoldPassword(text))
        {
            wrong.Add("EXPECTED_VAULT_ADDR has a user name or a password in it, or is not a URL (it is not shown here), "
                + "expected an absolute http or https URL without credentials");
        }
        else
        {
            wrong.Add($"EXPECTED_VAULT_ADDR={text}, expected an absolute http or https URL, as in the controller's vault.addr");
        }

        return null;
    }

    private static bool MayHoldPassword(string text) => text.Contains('@', StringComparison.Ordinal);

    private static string Shown(string name, string value) => MayHoldPassword(value) ? $"{name} (it is not shown here)" : $"{name}={SettingText.Visible(value)}";

    private static string ReadCredentialsPath(Func<string, string?> value, HashSet<string> unfit, List<string> wrong)
    {
        var path = value("CREDENTIALS_PATH") ?? DefaultCredentialsPath;
        // The check creates the folder if it is missing, so a path with a problem must not be checked.
        if (!unfit.Contains("CREDENTIALS_PATH") && CredentialFolder.WhyNotWritable(path) is { } reason)
            wrong.Add($"CREDENTIALS_PATH={path}, expected a folder that this process may write into: {reason}");
        return path;
    }
}
