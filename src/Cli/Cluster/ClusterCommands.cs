using AkkaVault.Cli.Output;

namespace AkkaVault.Cli.Cluster;

/// <summary><c>akkavault cluster</c>.</summary>
internal static class ClusterCommands
{
    /// <summary><c>show</c>.</summary>
    public static async Task<int> ShowAsync(Session session, CancellationToken cancellation)
    {
        var management = await session.ManagementAsync(cancellation).ConfigureAwait(false);
        var answer = ClusterAnswer.Of(await management.MembersAsync(cancellation).ConfigureAwait(false));
        session.Output.Write(answer, CliJson.Readable.ClusterAnswer, ClusterAnswer.Table);
        foreach (var problem in answer.Problems) CommandOutput.Note(problem);
        return answer.Problems.Count == 0 ? ExitCodes.Fine : ExitCodes.Wrong;
    }

    /// <summary><c>leave ADDRESS</c>.</summary>
    public static async Task<int> LeaveAsync(Session session, string address, CancellationToken cancellation)
    {
        var management = await session.ManagementAsync(cancellation).ConfigureAwait(false);
        var node = MemberAddress.Find(await management.MembersAsync(cancellation).ConfigureAwait(false), address);
        return Write(session, [new MemberChange(node, await management.LeaveAsync(node, cancellation).ConfigureAwait(false))]);
    }

    /// <summary><c>down ADDRESS</c>.</summary>
    public static async Task<int> DownAsync(Session session, string address, CancellationToken cancellation)
    {
        var management = await session.ManagementAsync(cancellation).ConfigureAwait(false);
        var node = MemberAddress.Find(await management.MembersAsync(cancellation).ConfigureAwait(false), address);
        return Write(session, [new MemberChange(node, await management.DownAsync(node, cancellation).ConfigureAwait(false))]);
    }

    /// <summary><c>down-unreachable</c>.</summary>
    public static async Task<int> DownUnreachableAsync(Session session, CancellationToken cancellation)
    {
        var management = await session.ManagementAsync(cancellation).ConfigureAwait(false);
        var members = await management.MembersAsync(cancellation).ConfigureAwait(false);
        var changes = new List<MemberChange>();
        foreach (var node in members.Unreachable.Select(member => member.Node))
            changes.Add(new MemberChange(node, await management.DownIfThereAsync(node, cancellation).ConfigureAwait(false)));
        if (changes.Count == 0) CommandOutput.Note($"{members.SelfNode} reaches all members: nothing was done");
        return Write(session, changes);
    }

    private static int Write(Session session, IReadOnlyList<MemberChange> changes)
    {
        var answer = new ChangeAnswer(changes);
        if (changes.Count > 0 || session.Output.IsJson) session.Output.Write(answer, CliJson.Readable.ChangeAnswer, ChangeAnswer.Table);
        return ExitCodes.Fine;
    }
}
