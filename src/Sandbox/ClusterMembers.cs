using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AkkaVault.Sandbox;

/// <summary>The members of a cluster of controllers, by their addresses, as one of them answers at <c>/cluster/members</c>.</summary>
/// <param name="Oldest">The one that leads: its watcher runs. Null while there is none.</param>
/// <param name="Up">Those that are up and reachable.</param>
/// <param name="Others">Those that are not, with their status.</param>
public sealed partial record ClusterMembers(string? Oldest, IReadOnlyList<string> Up, IReadOnlyList<string> Others)
{
    private static readonly HttpClient s_http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = TimeSpan.FromSeconds(2) };

    /// <summary>Asks a controller; null when it does not answer.</summary>
    public static async Task<ClusterMembers?> AskAsync(string ip, CancellationToken cancellation)
    {
        try
        {
            var json = JsonNode.Parse(await s_http.GetStringAsync(new Uri($"http://{ip}:{ControllerPlace.ManagementPort}/cluster/members"), cancellation).ConfigureAwait(false))!;
            var unreachable = json["unreachable"]!.AsArray().Select(node => Ip(node!["node"])).ToHashSet();
            var members = json["members"]!.AsArray().Select(node => (Ip: Ip(node!["node"])!, Status: (string)node["status"]!)).ToList();
            bool IsUp((string Ip, string Status) member) => member.Status == "Up" && !unreachable.Contains(member.Ip);
            return new ClusterMembers(
                Ip(json["oldest"]),
                [.. members.Where(IsUp).Select(member => member.Ip).Order(StringComparer.Ordinal)],
                [.. members.Where(member => !IsUp(member)).Select(member => $"{member.Ip} {(unreachable.Contains(member.Ip) ? "unreachable" : member.Status.ToLowerInvariant())}")]);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // It is starting, or it has just ended.
            return null;
        }
    }

    /// <summary>For people.</summary>
    public override string ToString() => Up.Count + Others.Count == 0
        ? "no cluster yet"
        : $"{Oldest ?? "nobody"} leads; members: {string.Join(", ", Up)}{(Others.Count == 0 ? "" : $"; {string.Join(", ", Others)}")}";

    private static string? Ip(JsonNode? node) => (string?)node is { } address ? AddressPattern().Match(address).Groups[1].Value : null;

    [GeneratedRegex("@(.+):[0-9]+$")]
    private static partial Regex AddressPattern();
}
