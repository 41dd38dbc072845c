using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AkkaVault.Sandbox.Vault;

/// <summary>A role of a PKI mount: the names that it issues certificates for, and their lifetime.</summary>
internal sealed partial record PkiRole
{
    public bool AllowAnyName { get; init; }

    /// <summary>Whether every name must be a valid host name.</summary>
    public bool EnforceHostnames { get; init; } = true;

    public bool AllowLocalhost { get; init; } = true;

    public bool AllowBareDomains { get; init; }

    public bool AllowSubdomains { get; init; }

    public bool AllowIpSans { get; init; } = true;

    public IReadOnlyList<string> AllowedDomains { get; init; } = [];

    public TimeSpan Ttl { get; init; }

    public TimeSpan MaxTtl { get; init; }

    public string KeyType { get; init; } = "rsa";

    public int KeyBits { get; init; }

    public static PkiRole Of(RequestData data)
    {
        var role = Read(data);
        if (role.KeyType is not ("rsa" or "ec")) throw new VaultRefusal(400, $"unknown key type {role.KeyType}");
        if (role.Ttl > TimeSpan.Zero && role.MaxTtl > TimeSpan.Zero && role.Ttl > role.MaxTtl)
            throw new VaultRefusal(400, "\"ttl\" value must be less than \"max_ttl\" value");
        return role;
    }

    private static PkiRole Read(RequestData data) => new()
    {
        EnforceHostnames = data.Flag("enforce_hostnames") ?? true,
        AllowAnyName = data.Flag("allow_any_name") ?? false,
        AllowLocalhost = data.Flag("allow_localhost") ?? true,
        AllowBareDomains = data.Flag("allow_bare_domains") ?? false,
        AllowSubdomains = data.Flag("allow_subdomains") ?? false,
        AllowIpSans = data.Flag("allow_ip_sans") ?? true,
        AllowedDomains = data.Texts("allowed_domains") ?? [],
        Ttl = data.Span("ttl") ?? TimeSpan.Zero,
        MaxTtl = data.Span("max_ttl") ?? TimeSpan.Zero,
        KeyType = data.Text("key_type") ?? "rsa",
        KeyBits = data.Number("key_bits") ?? 0,
    };

    public bool Allows(string name)
    {
        if (EnforceHostnames && !Hostname().IsMatch(name)) return false;
        if (AllowAnyName || (AllowLocalhost && name is "localhost" or "localdomain")) return true;
        return AllowedDomains.Any(domain =>
            (AllowBareDomains && name.Equals(domain, StringComparison.OrdinalIgnoreCase))
            || (AllowSubdomains && name.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase)));
    }

    public JsonObject ToData() => new()
    {
        ["allow_any_name"] = AllowAnyName,
        ["allow_bare_domains"] = AllowBareDomains,
        ["allow_ip_sans"] = AllowIpSans,
        ["allow_localhost"] = AllowLocalhost,
        ["allow_subdomains"] = AllowSubdomains,
        ["allowed_domains"] = Json.List(AllowedDomains),
        ["enforce_hostnames"] = EnforceHostnames,
        ["key_bits"] = KeyBits == 0 ? KeyType == "rsa" ? 2048 : 256 : KeyBits,
        ["key_type"] = KeyType,
        ["max_ttl"] = Json.Seconds(MaxTtl),
        ["ttl"] = Json.Seconds(Ttl),
    };

    [GeneratedRegex(@"\A(\*\.)?(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])\.?\z")]
    private static partial Regex Hostname();
}
