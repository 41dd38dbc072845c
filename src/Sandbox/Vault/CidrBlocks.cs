using System.Net;

namespace AkkaVault.Sandbox.Vault;

/// <summary>CIDR lists of AppRoles, secret_ids and tokens.</summary>
internal static class CidrBlocks
{
    /// <summary>Whether an address is in one of the blocks; IPv4 mapped into IPv6 counts as IPv4.</summary>
    public static bool Contain(IReadOnlyList<IPNetwork> blocks, IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return blocks.Any(block => block.Contains(plain));
    }

    /// <summary>Secret_id blocks, which Vault refuses with a 500 when they are none.</summary>
    public static IReadOnlyList<IPNetwork> ParseForSecretId(IReadOnlyList<string> texts) =>
        [.. texts.Select(text => TryParse(text, out var block)
            ? block
            : throw new VaultRefusal(500, VaultRefusal.OneError($"failed to validate CIDR blocks: invalid CIDR address: {text}")))];

    /// <summary>Blocks in a role, or a token's; a bare address counts as one of its own.</summary>
    public static IReadOnlyList<IPNetwork> Parse(IReadOnlyList<string> texts) =>
        [.. texts.Select(text => TryParse(text, out var block)
            ? block
            : IPAddress.TryParse(text, out var address)
                ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
                : throw new VaultRefusal(400, $"invalid CIDR address: {text}"))];

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
