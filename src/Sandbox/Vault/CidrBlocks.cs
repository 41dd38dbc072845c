using System.Net;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Parses and checks the CIDR lists of AppRoles, secret_ids and tokens.</summary>
internal static class CidrBlocks
{
    /// <summary>Whether one of the blocks contains an address. IPv4 mapped into IPv6 counts as IPv4.</summary>
    public static bool Contain(IReadOnlyList<IPNetwork> blocks, IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return blocks.Any(block => block.Contains(plain));
    }

    /// <summary>Parses the blocks from which logins may come. Vault answers 500 when a text is not a block.</summary>
    public static IReadOnlyList<IPNetwork> ParseForSecretId(IReadOnlyList<string> texts, string what = "CIDR blocks") =>
        [.. texts.Select(text => TryParse(text, out var block)
            ? block
            : throw new VaultRefusal(500, VaultRefusal.OneError($"failed to validate {what}: invalid CIDR address: {text}")))];

    /// <summary>Parses the blocks of a role or a token. A bare address is a block with one address.</summary>
    public static IReadOnlyList<IPNetwork> Parse(IReadOnlyList<string> texts) =>
        [.. texts.Select(text => TryParse(text, out var block)
            ? block
            : IPAddress.TryParse(text, out var address)
                ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
                : throw new VaultRefusal(400, $"invalid CIDR address: {text}"))];

    /// <summary>
    /// The blocks of a secret_id must lie in the blocks of its role, if the role has any. Status and message are those of Vault 1.8.
    /// </summary>
    public static void RequireSubset(IReadOnlyList<string> secretId, IReadOnlyList<string> role)
    {
        if (secretId.Count == 0 || role.Count == 0) return;
        var outer = Parse(role);
        if (Parse(secretId).All(block => outer.Any(around => around.PrefixLength <= block.PrefixLength && around.Contains(block.BaseAddress)))) return;
        throw new VaultRefusal(500, VaultRefusal.OneError(
            $"failed to verify subset relationship between CIDR blocks on the role {GoList(role)} and CIDR blocks on the secret ID {GoList(secretId)}: %!w(<nil>)"));
    }

    private static string GoList(IReadOnlyList<string> texts) => $"[{string.Join(' ', texts.Select(text => $"\"{text}\""))}]";

    private static bool TryParse(string text, out IPNetwork block)
    {
        block = default;
        var slash = text.IndexOf('/');
        if (slash < 0 || !IPAddress.TryParse(text.AsSpan(0, slash), out var address)) return false;
        if (!int.TryParse(text.AsSpan(slash + 1), out var length) || length < 0 || length > address.GetAddressBytes().Length * 8) return false;
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++) bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        block = new IPNetwork(new IPAddress(bytes), length);
        return true;
    }
}
