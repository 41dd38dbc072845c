using System.Text.RegularExpressions;
using AkkaVault.Contracts;

namespace AkkaVault.Cli.Cluster;

/// <summary>A member's address, <c>akka.tcp://kubernetes-vault@10.1.0.5:2552</c>.</summary>
internal static partial class MemberAddress
{
    /// <summary>Finds the member that the user means: by its address, by host and port, or by the host alone.</summary>
    /// <exception cref="CommandException">There is no such member, or more than one.</exception>
    public static string Find(MembersDocument members, string meant)
    {
        var all = members.Members.Select(member => member.Node).Distinct().ToList();
        var found = all.Where(node => node == meant || AtPattern().Match(node) is var at && at.Success && (at.Value[1..] == meant || Bare(at.Groups[1].Value) == Bare(meant))).ToList();
        return found switch
        {
            [var one] => one,
            [] => throw CommandException.Misused($"{meant} is no member; the members are: {(all.Count == 0 ? "none" : string.Join(", ", all))}"),
            _ => throw CommandException.Misused($"{meant} is more than one member: {string.Join(", ", found)}; give the whole address"),
        };
    }

    /// <summary>The host of a member; null: its address names none.</summary>
    public static string? HostOf(string node) => AtPattern().Match(node) is { Success: true } at ? Bare(at.Groups[1].Value) : null;

    /// <summary>The management port of a member: the member's host, with the port number of another member's management port.</summary>
    /// <returns>Null if the address has no host.</returns>
    public static Uri? ManagementOf(string node, Uri another)
    {
        if (HostOf(node) is not { } host) return null;
        return Uri.TryCreate($"{another.Scheme}://{(host.Contains(':') ? $"[{host}]" : host)}:{another.Port}", UriKind.Absolute, out var url) ? url : null;
    }

    private static string Bare(string host) => host.Trim('[', ']');

    [GeneratedRegex("@(.+):[0-9]+$")]
    private static partial Regex AtPattern();
}
