using Akka.Actor;
using Akka.Cluster;

namespace AkkaVault.Controller.Hosting.Health;

/// <summary>Whether this controller is a full member of the cluster, in words.</summary>
internal static class Membership
{
    public static string? Problem(ActorSystem system)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        return Problem(cluster.SelfMember.Status, cluster.IsTerminated || CoordinatedShutdown.Get(system).ShutdownReason is not null);
    }

    /// <summary>What keeps it from being one; null: nothing does.</summary>
    /// <param name="status">This member's status: also before it has joined, it is "removed".</param>
    /// <param name="stops">Whether this controller stops, for whatever reason.</param>
    public static string? Problem(MemberStatus status, bool stops) => status switch
    {
        _ when stops => "this controller stops, and leaves the cluster",
        MemberStatus.Leaving or MemberStatus.Exiting => "this controller leaves the cluster",
        MemberStatus.Down => "the others have taken this controller out of the cluster",
        MemberStatus.Up => null,
        _ => "this controller is not in the cluster yet",
    };
}
