using System.Net;
using System.Net.Sockets;
using AkkaVault.Shared;
using AkkaVault.Shared.Push;

namespace AkkaVault.InitContainer;

/// <summary>The environment variables, validated; names and defaults are the original's.</summary>
/// <param name="RoleId"><c>VAULT_ROLE_ID</c>.</param>
/// <param name="CredentialsPath"><c>CREDENTIALS_PATH</c>.</param>
/// <param name="LogLevel"><c>LOG_LEVEL</c>.</param>
/// <param name="RetrieveToken"><c>RETRIEVE_TOKEN</c>.</param>
/// <param name="UnwrapSecret"><c>UNWRAP_SECRET</c>.</param>
/// <param name="Timeout"><c>TIMEOUT</c>.</param>
/// <param name="Endpoint"><c>LISTEN_ADDRESS</c>, with the port every init container listens on.</param>
/// <param name="Warnings">What is odd and does not stop anything.</param>
public sealed record InitSettings(
    string RoleId, string CredentialsPath, LogLevel LogLevel, bool RetrieveToken, bool UnwrapSecret, TimeSpan Timeout, IPEndPoint Endpoint,
    IReadOnlyList<string> Warnings)
{
    /// <summary>Reads them; all problems at once, each naming the variable, its value and what was expected.</summary>
    public static (InitSettings? Settings, IReadOnlyList<string> Problems) Read(Func<string, string?> variable)
    {
        var problems = new List<string>();
        var warnings = new List<string>();
        string Value(string name, string fallback) => variable(name) is { Length: > 0 } value ? value : fallback;

        // As in the original, only "false" is false; anything else that is not "true" is odd.
        bool Flag(string name)
        {
            var value = Value(name, "true");
            var isFalse = value.Equals("false", StringComparison.OrdinalIgnoreCase);
            if (!isFalse && !value.Equals("true", StringComparison.OrdinalIgnoreCase)) warnings.Add($"{name}: \"{value}\": expected true or false; taken as true");
            return !isFalse;
        }

        var roleId = Value("VAULT_ROLE_ID", "");
        if (roleId.Length == 0) problems.Add("VAULT_ROLE_ID: is not set; expected the role_id of the pod's AppRole");
        var logLevel = LogLevel.Debug;
        switch (Value("LOG_LEVEL", "debug"))
        {
            case "debug": break;
            case "info": logLevel = LogLevel.Info; break;
            case "error": logLevel = LogLevel.Error; break;
            case var other: problems.Add($"LOG_LEVEL: \"{other}\": expected debug, info or error"); break;
        }

        var (retrieve, unwrap) = (Flag("RETRIEVE_TOKEN"), Flag("UNWRAP_SECRET"));
        if (retrieve && !unwrap) problems.Add("UNWRAP_SECRET: is false while RETRIEVE_TOKEN is true; expected RETRIEVE_TOKEN=false with it: there is no token without unwrapping");
        var timeoutText = Value("TIMEOUT", "5m");
        if (!GoDuration.TryParse(timeoutText, out var timeout, out var error)) problems.Add($"TIMEOUT: \"{timeoutText}\": {error}");
        else if (timeout <= TimeSpan.Zero || timeout > TimeSpan.FromDays(24)) problems.Add($"TIMEOUT: \"{timeoutText}\": expected more than 0s and at most 24 days");
        var listen = Value("LISTEN_ADDRESS", "");
        var address = Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        if (listen.Length > 0 && !IPAddress.TryParse(listen, out address!)) problems.Add($"LISTEN_ADDRESS: \"{listen}\": expected an IP address");

        return problems.Count > 0
            ? (null, problems)
            : (new InitSettings(
                roleId, Value("CREDENTIALS_PATH", "/var/run/secrets/boostport.com"), logLevel, retrieve, unwrap, timeout,
                new IPEndPoint(address, SecretPush.Port), warnings), []);
    }
}
