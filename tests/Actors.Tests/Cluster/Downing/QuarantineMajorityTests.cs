using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Akka.Remote;
using AkkaVault.Controller.Cluster.Downing;

namespace AkkaVault.Actors.Tests.Cluster.Downing;

/// <summary>How many notices it takes, and how long it is up to AkkaVault to count them.</summary>
public class QuarantineMajorityTests
{
    [Theory]
    [InlineData("", "", false)]
    [InlineData("", "B", false)]
    // Of two.
    [InlineData("B", "", true)]
    [InlineData("B", "B", true)]
    // Of three: the other one knows of nothing, or is not reached either.
    [InlineData("B", "C", false)]
    [InlineData("B", "BC", false)]
    [InlineData("BC", "", true)]
    [InlineData("BC", "BC", true)]
    // Of five: two that end themselves cannot take the others with them.
    [InlineData("BC", "BCDE", false)]
    [InlineData("BC", "DE", false)]
    [InlineData("BCD", "E", true)]
    [InlineData("BC", "BCD", true)]
    public void Most_of_those_that_have_a_say_have_to_send_one(string senders, string reachable, bool expected) =>
        Assert.Equal(expected, QuarantineNoticeActor.IsRemoved<char>([.. senders], [.. reachable]));

    [Fact]
    public void While_nothing_in_Akkas_cluster_knows_of_the_notices_the_workaround_stays()
    {
        using var assembly = new PEReader(File.OpenRead(typeof(Akka.Cluster.Cluster).Assembly.Location));
        var metadata = assembly.GetMetadataReader();
        var used = metadata.TypeReferences.Select(handle => metadata.GetString(metadata.GetTypeReference(handle).Name)).ToList();
        Assert.Contains(nameof(QuarantinedEvent), used);
        Assert.DoesNotContain(nameof(ThisActorSystemQuarantinedEvent), used);
    }
}
