using Akka.Cluster;
using AkkaVault.Controller.Cluster.AkkaWorkarounds;

namespace AkkaVault.Actors.Tests.Cluster.AkkaWorkarounds;

public sealed class ClusterChangesTests
{
    private static readonly TimeSpan s_last = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_later = s_last + ClusterChanges.Settling;

    public static TheoryData<MemberStatus> Statuses => [.. Enum.GetValues<MemberStatus>()];

    [Fact]
    public void After_a_change_others_may_follow()
    {
        Assert.False(new ClusterChanges(s_last).AreOver(s_later - TimeSpan.FromMilliseconds(1), [MemberStatus.Up], 0));
        Assert.True(new ClusterChanges(s_last).AreOver(s_later, [MemberStatus.Up], 0));
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public void A_member_that_is_not_up_changes_the_cluster(MemberStatus status) =>
        Assert.Equal(status == MemberStatus.Up, new ClusterChanges(s_last).AreOver(s_later, [MemberStatus.Up, status], 0));

    [Fact]
    public void A_member_that_is_unreachable_changes_the_cluster() => Assert.False(new ClusterChanges(s_last).AreOver(s_later, [MemberStatus.Up, MemberStatus.Up], 1));

    [Fact]
    public void A_node_that_has_not_joined_is_at_rest_after_a_while() => Assert.True(new ClusterChanges(s_last).AreOver(s_later, [], 0));
}
