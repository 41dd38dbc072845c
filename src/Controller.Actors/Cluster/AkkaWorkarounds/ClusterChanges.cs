using Akka.Cluster;

namespace AkkaVault.Controller.Cluster.AkkaWorkarounds;

/// <summary>Whether a cluster changes. Times are of a clock that only goes forward.</summary>
/// <param name="Last">When the last change was seen: a member's status or reachability, or a connection that was lost.</param>
internal sealed record ClusterChanges(TimeSpan Last)
{
    /// <summary>For how long after the last change others may follow from it: the members see it, a singleton starts, shards move.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    /// <summary>Whether nothing changes any more, with members of these statuses, and so many of them unreachable.</summary>
    public bool AreOver(TimeSpan now, IEnumerable<MemberStatus> members, int unreachable) =>
        now - Last >= Settling && unreachable == 0 && members.All(status => status == MemberStatus.Up);
}
