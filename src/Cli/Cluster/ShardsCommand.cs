using AkkaVault.Cli.Management;
using AkkaVault.Cli.Output;
using AkkaVault.Contracts;
using Spectre.Console;

namespace AkkaVault.Cli.Cluster;

/// <summary><c>akkavault shards</c>: asks every member for its shards.</summary>
internal static class ShardsCommand
{
    /// <summary>Runs the command.</summary>
    public static async Task<int> RunAsync(Session session, CancellationToken cancellation)
    {
        var management = await session.ManagementAsync(cancellation).ConfigureAwait(false);
        var (members, types) = (
            await management.MembersAsync(cancellation).ConfigureAwait(false), await management.ShardTypesAsync(cancellation).ConfigureAwait(false));
        var answers = await Task.WhenAll(members.Members.Select(member => AskAsync(management, session.Timeout, member.Node, member.Node == members.SelfNode, types, cancellation))).ConfigureAwait(false);
        var answer = new ShardsAnswer(
            [.. answers.SelectMany(one => one.Shards).OrderBy(shard => shard.Node, StringComparer.Ordinal).ThenBy(shard => shard.Type, StringComparer.Ordinal).ThenBy(shard => shard.Shard, StringComparer.Ordinal)],
            [.. answers.Select(one => one.Silent).OfType<SilentNode>()]);
        session.Output.Write(answer, CliJson.Readable.ShardsAnswer, ShardsAnswer.Table);
        foreach (var node in answer.Unanswered) CommandOutput.Note($"{node.Node} did not answer: {node.Reason}");
        return ExitCodes.Fine;
    }

    private static async Task<(IReadOnlyList<NodeShard> Shards, SilentNode? Silent)> AskAsync(
        ManagementClient management, TimeSpan timeout, string node, bool isSelf, ShardTypesDocument types, CancellationToken cancellation)
    {
        if (isSelf) return (await ShardsAsync(management, node, types, cancellation).ConfigureAwait(false), null);
        if (MemberAddress.ManagementOf(node, management.Address) is not { } url) return ([], new SilentNode(node, "its address names no host"));
        try
        {
            using var client = new ManagementClient(url, timeout, management.Route);
            return (await ShardsAsync(client, node, types, cancellation).ConfigureAwait(false), null);
        }
        catch (CommandException e)
        {
            return ([], new SilentNode(node, e.Message));
        }
    }

    private static async Task<IReadOnlyList<NodeShard>> ShardsAsync(ManagementClient client, string node, ShardTypesDocument types, CancellationToken cancellation)
    {
        var shards = new List<NodeShard>();
        foreach (var type in types.EntityTypeKeys)
        {
            var document = await client.ShardsAsync(type, cancellation).ConfigureAwait(false);
            shards.AddRange(document.Regions.Select(shard => new NodeShard(node, type, shard.ShardId, shard.NumEntities)));
        }

        return shards;
    }
}

/// <summary>The answer of <c>shards</c>.</summary>
/// <param name="Shards">All shards.</param>
/// <param name="Unanswered">The members that did not answer.</param>
internal sealed record ShardsAnswer(IReadOnlyList<NodeShard> Shards, IReadOnlyList<SilentNode> Unanswered)
{
    /// <summary>The answer as a table.</summary>
    public static Table Table(ShardsAnswer answer)
    {
        var table = CommandOutput.Columns("NODE", "TYPE", "SHARD", "ENTITIES");
        foreach (var shard in answer.Shards) CommandOutput.Row(table, shard.Node, shard.Type, shard.Shard, $"{shard.Entities}");
        return table;
    }
}

/// <summary>A shard and its member.</summary>
/// <param name="Node">The address of the member.</param>
/// <param name="Type">The type of the entities.</param>
/// <param name="Shard">The id of the shard.</param>
/// <param name="Entities">How many entities the shard has.</param>
internal sealed record NodeShard(string Node, string Type, string Shard, int Entities);

/// <summary>A member that did not answer.</summary>
/// <param name="Node">The address of the member.</param>
/// <param name="Reason">Why there was no answer.</param>
internal sealed record SilentNode(string Node, string Reason);
