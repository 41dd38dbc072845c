using System.Collections.Immutable;
using AkkaVault.Controller.Cluster.Forming;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Cluster;

public class OtherClusterTests
{
    [Fact]
    public void The_smaller_gives_way_when_it_has_seen_the_other_three_times_in_a_row()
    {
        var (own, other) = (Nodes("a"), Nodes("b", "c"));
        Assert.Equal([false, false, true], Looks(own, [other], [other], [other]));
        Assert.Equal([false, false, false, false, true], Looks(own, [other], [other], [], [other], [other], [other]).Skip(1));
        Assert.DoesNotContain(true, Looks(other, [own], [own], [own], [own]));
    }

    [Fact]
    public void Those_of_its_own_and_those_in_none_are_no_other_cluster() =>
        Assert.DoesNotContain(true, Looks(Nodes("a", "b"), [Nodes(), Nodes("a", "b")], [Nodes("b", "c", "d")], [Nodes("a")], [Nodes()]));

    /// <summary>Of two clusters exactly one gives way.</summary>
    [Property(MaxTest = 500)]
    public void Of_two_exactly_one_gives_way(byte split)
    {
        var all = Enumerable.Range(0, 7).Select(i => $"node-{i}").ToList();
        var first = all.Where((_, i) => (split & (1 << i)) != 0).ToImmutableSortedSet(StringComparer.Ordinal);
        var second = all.Where((_, i) => (split & (1 << i)) == 0).ToImmutableSortedSet(StringComparer.Ordinal);
        if (first.IsEmpty || second.IsEmpty) return;
        var firstGives = Looks(first, [first, second], [first, second], [first, second])[^1];
        var secondGives = Looks(second, [first, second], [first, second], [first, second])[^1];
        Assert.True(firstGives ^ secondGives);
    }

    private static ImmutableSortedSet<string> Nodes(params string[] names) => names.ToImmutableSortedSet(StringComparer.Ordinal);

    private static List<bool> Looks(ImmutableSortedSet<string> own, params ImmutableSortedSet<string>[][] looks)
    {
        var (state, gaveWay) = (OtherCluster.None, new List<bool>());
        foreach (var look in looks)
        {
            (state, var to) = state.See(own, look);
            gaveWay.Add(to is not null);
        }

        return gaveWay;
    }
}
