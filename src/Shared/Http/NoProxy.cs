using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AkkaVault.Shared.Http;

/// <summary>
/// <c>NO_PROXY</c> by Go's rules (golang.org/x/net/http/httpproxy), because people who run Kubernetes write it for programs in Go. An entry
/// is a name with everything below it, a <c>.name</c> that means only what is below it, an address, a CIDR block, or <c>*</c>. A name or an address may have a port.
/// </summary>
public sealed class NoProxy
{
    private readonly List<Block> _blocks = [];
    private readonly List<Domain> _domains = [];
    private readonly List<string> _unusable = [];
    private bool _all;

    private NoProxy()
    {
    }

    /// <summary>Entries that can never match.</summary>
    public IReadOnlyList<string> Unusable => _unusable;

    /// <summary>Reads a list whose entries are separated by commas.</summary>
    public static NoProxy Parse(string list)
    {
        var rules = new NoProxy();
        foreach (var entry in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) rules.Add(entry.ToLowerInvariant());
        return rules;
    }

    /// <summary>Whether an address is reached without a proxy. Addresses of this machine always are.</summary>
    public bool Covers(Uri address)
    {
        var host = address.IdnHost.ToLowerInvariant();
        if (host == "localhost") return true;
        if (address.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 && IPAddress.TryParse(host, out var parsed))
        {
            var ip = Unmapped(parsed);
            if (IPAddress.IsLoopback(ip) || _all || _blocks.Exists(block => block.Contains(ip, address.Port))) return true;
        }

        return _all || _domains.Exists(domain => domain.Fits(host, address.Port));
    }

    private void Add(string entry)
    {
        if (entry == "*")
        {
            _all = true;
        }
        else if (Cidr(entry) is { } block)
        {
            _blocks.Add(block);
        }
        else
        {
            var (host, port) = Split(entry);
            if (host.Length == 0 || host.AsSpan().ContainsAny("/ \t[]") || (port.Length > 0 && !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _))) _unusable.Add(entry);
            else if (Address(host) is { } ip) _blocks.Add(new Block(ip, ip.GetAddressBytes().Length * 8, port));
            else _domains.Add(Domain.Of(host, port));
        }
    }

    /// <summary>The host and the port of an entry; the port is empty if the entry has none.</summary>
    private static (string Host, string Port) Split(string entry)
    {
        if (entry.StartsWith('[') && entry.IndexOf(']', StringComparison.Ordinal) is > 0 and var end)
            return end == entry.Length - 1 ? (entry, "") : entry[end + 1] == ':' ? (entry[1..end], entry[(end + 2)..]) : (entry, "");
        // A text with several colons is an IPv6 address.
        return entry.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon && colon == entry.LastIndexOf(':') ? (entry[..colon], entry[(colon + 1)..]) : (entry, "");
    }

    private static Block? Cidr(string entry)
    {
        if (entry.Split('/') is not [var text, var length] || Address(text, unmapped: false) is not { } ip) return null;
        if (!int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) || bits > ip.GetAddressBytes().Length * 8) return null;
        if (!ip.IsIPv4MappedToIPv6) return new Block(ip, bits, "");
        return bits >= 96 ? new Block(ip.MapToIPv4(), bits - 96, "") : new Block(ip, bits, "");
    }

    // .NET also accepts 10.1 and 010.0.0.1 as addresses; Go treats them as names.
    private static IPAddress? Address(string text, bool unmapped = true)
    {
        var strict = text.Contains(':', StringComparison.Ordinal)
            ? !text.AsSpan().ContainsAny("[]%/")
            : text.Split('.') is { Length: 4 } parts && Array.TrueForAll(parts, part => byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _) && (part.Length == 1 || part[0] != '0'));
        return strict && IPAddress.TryParse(text, out var ip) ? (unmapped ? Unmapped(ip) : ip) : null;
    }

    private static IPAddress Unmapped(IPAddress ip) => ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip;

    private static bool IsPort(string wanted, int port) => wanted.Length == 0 || wanted == port.ToString(CultureInfo.InvariantCulture);

    private sealed record Block(IPAddress Network, int Bits, string Port)
    {
        public bool Contains(IPAddress ip, int port) => ip.AddressFamily == Network.AddressFamily && IsPort(Port, port) && Prefix(ip) == Prefix(Network);

        private UInt128 Prefix(IPAddress ip)
        {
            var bytes = ip.GetAddressBytes();
            var (number, size) = ip.AddressFamily == AddressFamily.InterNetwork
                ? ((UInt128)BinaryPrimitives.ReadUInt32BigEndian(bytes), 32)
                : (BinaryPrimitives.ReadUInt128BigEndian(bytes), 128);
            // C# ignores a shift by the whole width.
            return Bits == 0 ? 0 : number >> (size - Bits);
        }
    }

    private sealed record Domain(string Below, string Port, bool AndItself)
    {
        public static Domain Of(string host, string port)
        {
            var below = host.StartsWith("*.", StringComparison.Ordinal) ? host[1..] : host;
            var itself = below[0] != '.';
            return new Domain(Ascii(itself ? $".{below}" : below), port, itself);
        }

        public bool Fits(string host, int port) => IsPort(Port, port) && (host.EndsWith(Below, StringComparison.Ordinal) || (AndItself && host.AsSpan().SequenceEqual(Below.AsSpan(1))));

        // Addresses have the ASCII form of a name. An entry without an ASCII form never matches.
        private static string Ascii(string below) =>
            below.AsSpan().ContainsAnyExceptInRange('\0', '\x7f') && Uri.TryCreate($"http://{below[1..]}", UriKind.Absolute, out var address) ? $".{address.IdnHost}" : below;
    }
}
