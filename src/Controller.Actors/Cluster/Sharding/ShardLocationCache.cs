using System.Collections.Immutable;
using Akka.Actor;
using AkkaVault.Shared;

namespace AkkaVault.Controller.Cluster.Sharding;

internal abstract record ShardLocationInput
{
    /// <summary>This node is a member.</summary>
    public sealed record Joined : ShardLocationInput;
    public sealed record Found(int Shard, Address Node) : ShardLocationInput;

    /// <summary>The shards of a node are about to move.</summary>
    public sealed record Leaving(Address Node) : ShardLocationInput;

    /// <summary>A node is no longer a member.</summary>
    public sealed record Removed(Address Node) : ShardLocationInput;

    /// <summary>A node asks for every location to be found again.</summary>
    public sealed record Refresh(Address Node) : ShardLocationInput;

    /// <summary><see cref="ShardLocationCache.NextDue"/> has come.</summary>
    public sealed record Due : ShardLocationInput;
}

internal abstract record ShardLocationEffect
{
    /// <summary>Ask the shard where it is.</summary>
    public sealed record Find(int Shard) : ShardLocationEffect;

    /// <summary>Report to the node, which waits for it, that every location is known here.</summary>
    public sealed record ReportKnown(Address Node) : ShardLocationEffect;
}

/// <summary>
/// Which shards have a known location. The cache asks for a location before anything is sent to the shard: at once when a node leaves
/// or is gone, and again until it is known; otherwise from time to time. It waits after the start, because a shard that is asked for
/// is allocated among the members of that moment. Times are of a clock that only goes forward.
/// </summary>
internal sealed record ShardLocationCache
{
    /// <summary>From becoming a member until the first question, so that nodes that start at the same time get shards too.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(3);

    /// <summary>Between the first questions for a location that is not known.</summary>
    public static readonly TimeSpan FastInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How many of those there are: enough for the time that shards take to move in a graceful shutdown.</summary>
    public const int FastQueries = 20;

    /// <summary>Between the later ones: each stays in this node's shard region as long as there is no coordinator.</summary>
    public static readonly TimeSpan SlowInterval = TimeSpan.FromMinutes(1);

    /// <summary>Between two questions for a location that is known, and may have changed.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(2);

    private ShardLocationCache() { }

    private sealed record Shard(bool IsKnown, int Queries, TimeSpan Due)
    {
        public static Shard UnknownUntil(TimeSpan due) => new(false, 0, due);
    }

    private bool IsMember { get; init; }
    private ImmutableArray<Shard> Shards { get; init; }
    private ImmutableHashSet<Address> Leaving { get; init; } = [];
    private ImmutableHashSet<Address> WaitingNodes { get; init; } = [];

    /// <summary>When to handle <see cref="ShardLocationInput.Due"/>; null: not before another input.</summary>
    public TimeSpan? NextDue => IsMember ? Shards.Min(shard => shard.Due) : null;

    /// <summary>How many locations are known.</summary>
    public int Known => Shards.Count(shard => shard.IsKnown);

    public static ShardLocationCache Unknown(int count) => new() { Shards = [.. Enumerable.Repeat(Shard.UnknownUntil(TimeSpan.Zero), count)] };

    public Transition<ShardLocationCache, ShardLocationEffect> Handle(ShardLocationInput input, TimeSpan now) => input switch
    {
        ShardLocationInput.Joined => (this with { IsMember = true }).Forget(now + SettleTime).ThenFindDue(now),
        // A leaving node answers for a shard until the shard has stopped there.
        ShardLocationInput.Found found when Leaving.Contains(found.Node) => new(this, []),
        ShardLocationInput.Found found when found.Shard >= 0 && found.Shard < Shards.Length =>
            (this with { Shards = Shards.SetItem(found.Shard, new Shard(true, 0, now + RefreshInterval)) }).ThenReport(),
        ShardLocationInput.Leaving leaving => (this with { Leaving = Leaving.Add(leaving.Node), WaitingNodes = WaitingNodes.Add(leaving.Node) }).Forget(now).ThenFindDue(now),
        ShardLocationInput.Removed removed => (this with { Leaving = Leaving.Remove(removed.Node), WaitingNodes = WaitingNodes.Remove(removed.Node) }).Forget(now).ThenFindDue(now),
        ShardLocationInput.Refresh refresh => (this with { WaitingNodes = WaitingNodes.Add(refresh.Node) }).Forget(now).ThenFindDue(now),
        ShardLocationInput.Due => ThenFindDue(now),
        _ => new(this, []),
    };

    // Forgets the shards of other nodes too: they may have moved since their last answer.
    private ShardLocationCache Forget(TimeSpan due) => this with { Shards = [.. Shards.Select(_ => Shard.UnknownUntil(due))] };

    private Transition<ShardLocationCache, ShardLocationEffect> ThenFindDue(TimeSpan now)
    {
        if (!IsMember) return new(this, []);
        var due = Shards.Select((shard, number) => (shard, number)).Where(it => it.shard.Due <= now).Select(it => it.number).ToImmutableList();
        var shards = Shards.ToBuilder();
        foreach (var number in due) shards[number] = shards[number] with { Queries = shards[number].Queries + 1, Due = now + IntervalAfter(shards[number]) };
        return new Transition<ShardLocationCache, ShardLocationEffect>(
            this with { Shards = shards.ToImmutable() }, [.. due.Select(number => new ShardLocationEffect.Find(number))]).Then(next => next.ThenReport());
    }

    private Transition<ShardLocationCache, ShardLocationEffect> ThenReport() => Known < Shards.Length
        ? new(this, [])
        : new(this with { WaitingNodes = [] }, [.. WaitingNodes.Select(node => new ShardLocationEffect.ReportKnown(node))]);

    private static TimeSpan IntervalAfter(Shard shard) => shard.IsKnown ? RefreshInterval : shard.Queries < FastQueries ? FastInterval : SlowInterval;
}
