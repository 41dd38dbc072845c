using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using AkkaVault.Controller.Cluster.Downing;

namespace AkkaVault.Actors.Tests.Cluster.Downing;

/// <summary>How many notices it takes, and whether Akka still leaves it to AkkaVault to count them.</summary>
public class QuarantineNoticesTests
{
    [Theory]
    // Of two.
    [InlineData("B", "B", "", true)]
    [InlineData("B", "B", "B", true)]
    // Of three: the other one knows of nothing, or is not reached either, or sends a notice, too.
    [InlineData("B", "BC", "", false)]
    [InlineData("B", "BC", "B", false)]
    [InlineData("B", "BC", "C", true)]
    [InlineData("BC", "BC", "BC", true)]
    [InlineData("BC", "BC", "", true)]
    [InlineData("BB", "BC", "", false)]
    // Of five: two that end themselves cannot take the others with them.
    [InlineData("BC", "BCDE", "", false)]
    [InlineData("BC", "BCDE", "BC", false)]
    [InlineData("BC", "BCDE", "E", true)]
    [InlineData("BCD", "BCDE", "BC", true)]
    // From those that are no members, or not up.
    [InlineData("X", "B", "", false)]
    [InlineData("X", "", "", false)]
    public void Most_of_those_that_have_a_say_have_to_send_one(string senders, string othersUp, string unreachable, bool expected) =>
        Assert.Equal(expected, senders.Aggregate(QuarantineNotices.None, (notices, sender) => notices.Handle(Node(sender).Address, Nodes(othersUp), Nodes(unreachable))).IsRemoved);

    [Fact]
    public void A_notice_of_one_that_was_removed_since_does_not_count_any_more()
    {
        var notices = QuarantineNotices.None.Handle(Node('B').Address, Nodes("BCD"), Nodes("")).Handle(Node('C').Address, Nodes("CD"), Nodes(""));
        Assert.Equal(Nodes("C"), notices.Senders);
        Assert.False(notices.IsRemoved);
    }

    [Fact]
    public void While_nothing_in_Akkas_cluster_knows_of_the_notices_the_workaround_stays()
    {
        using var assembly = new PEReader(File.OpenRead(typeof(Akka.Cluster.Cluster).Assembly.Location));
        var metadata = assembly.GetMetadataReader();
        var used = metadata.TypeReferences.Select(handle => metadata.GetString(metadata.GetTypeReference(handle).Name)).ToList();
        Assert.Contains(nameof(QuarantinedEvent), used);
        Assert.DoesNotContain(nameof(ThisActorSystemQuarantinedEvent), used);
    }

    private static UniqueAddress Node(char name) => new(new Address("akka.tcp", "cluster", $"{name}", 2552), name);

    private static ImmutableHashSet<UniqueAddress> Nodes(string names) => [.. names.Select(Node)];
}
