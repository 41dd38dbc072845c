using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AkkaVault.Sandbox;

/// <summary>The members of a cluster of controllers, by address, as one controller lists them at <c>/cluster/members</c>.</summary>
/// <param name="Oldest">The leader: the member whose watcher runs. Null while there is no leader.</param>
/// <param name="Up">The members that are up and reachable.</param>
/// <param name="Others">All other members, with their status.</param>
public sealed partial record ClusterMembers(string? Oldest, IReadOnlyList<string> Up, IReadOnlyList<string> Others)
{
    /// <summary>Asks one controller; null when the controller does not answer.</summary>
    public static async Task<ClusterMembers?> AskAsync(string ip, CancellationToken cancellation)
    {
        if (await ManagementPort.GetAsync(ip, "cluster/members", cancellation).ConfigureAwait(false) is not { } json) return null;
        var unreachable = json["unreachable"]!.AsArray().Select(node => Ip(node!["node"])).ToHashSet();
        var members = json["members"]!.AsArray().Select(node => (Ip: Ip(node!["node"])!, Status: (string)node["status"]!)).ToList();
        bool IsUp((string Ip, string Status) member) => member.Status == "Up" && !unreachable.Contains(member.Ip);
        return new ClusterMembers(
            Ip(json["oldest"]),
            [.. members.Where(IsUp).Select(member => member.Ip).Order(StringComparer.Ordinal)],
            [.. members.Where(member => !IsUp(member)).Select(member => $"{member.Ip} {(unreachable.Contains(member.Ip) ? "unreachable" : member.Status.ToLowerInvariant())}")]);
    }

    /// <summary>The members as one line of text.</summary>
    public override string ToString() => Up.Count + Others.Count == 0
        ? "no cluster yet"
        : $"{Oldest ?? "nobody"} leads; members: {string.Join(", ", Up)}{(Others.Count == 0 ? "" : $"; {string.Join(", ", Others)}")}";

    private static string? Ip(JsonNode? node) => (string?)node is { } address ? AddressPattern().Match(address).Groups[1].Value : null;

    [GeneratedRegex("@(.+):[0-9]+$")]
    private static partial Regex AddressPattern();
}
