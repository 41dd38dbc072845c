using System.Collections.Immutable;
using Akka.Actor;

namespace AkkaVault.Controller.Cluster.Sharding;

/// <summary>What <see cref="ShardLocationCache"/> is told.</summary>
internal abstract record ShardLocationInput
{
    /// <summary>This node is a member.</summary>
    public sealed record Joined : ShardLocationInput;

    /// <summary>A shard is at a node.</summary>
    public sealed record Found(int Shard, Address Node) : ShardLocationInput;

    /// <summary>The shards of a node are about to move.</summary>
    public sealed record Leaving(Address Node) : ShardLocationInput;

    /// <summary>A node is a member no more.</summary>
    public sealed record Removed(Address Node) : ShardLocationInput;

    /// <summary>A node wants every home known here, whatever was known before.</summary>
    public sealed record Refresh(Address Node) : ShardLocationInput;

    /// <summary>Time has passed.</summary>
    public sealed record Due : ShardLocationInput;
}

/// <summary>What <see cref="ShardLocationCache"/> wants done.</summary>
/// <param name="Ask">The shards to ask for.</param>
/// <param name="Tell">The nodes to be told that every home is known here, which they wait for.</param>
internal sealed record ShardLocationEffects(ImmutableList<int> Ask, ImmutableHashSet<Address> Tell)
{
    /// <summary>Nothing.</summary>
    public static readonly ShardLocationEffects None = new([], []);
}

/// <summary>
/// For which shards it is known where they are, as a pure state machine that asks before anyone needs to know: when a node leaves
/// or is gone at once, and again and again until it is known; else now and then, and not in the beginning, for who is asked for gets
/// a home where members are then. Times are from any beginning that stays the same.
/// </summary>
internal sealed record ShardLocationCache
{
    /// <summary>From becoming a member until the first question: others that start at the same time are to get their part.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(3);

    /// <summary>Between the first questions for a shard whose home is not known.</summary>
    public static readonly TimeSpan FastInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How many of them there are; longer than shards take to move in good order.</summary>
    public const int FastQueries = 20;

    /// <summary>Between the later ones: each waits in this node's shard region as long as there is no coordinator.</summary>
    public static readonly TimeSpan SlowInterval = TimeSpan.FromMinutes(1);

    /// <summary>Between two for one whose home is known, and may change all the same.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(2);

    private ShardLocationCache()
    {
    }

    private sealed record Shard(bool IsKnown, int Asked, TimeSpan Due)
    {
        public static Shard UnknownUntil(TimeSpan due) => new(false, 0, due);
    }

    private bool IsMember { get; init; }

    private ImmutableArray<Shard> Shards { get; init; }

    private ImmutableHashSet<Address> Leaving { get; init; } = [];

    // Who is to be told when all are known.
    private ImmutableHashSet<Address> Waiting { get; init; } = [];

    /// <summary>When to say <see cref="ShardLocationInput.Due"/>; null: not before something else.</summary>
    public TimeSpan? NextDue => IsMember ? Shards.Min(shard => shard.Due) : null;

    /// <summary>How many homes are known.</summary>
    public int Known => Shards.Count(shard => shard.IsKnown);

    /// <summary>Of none is it known.</summary>
    /// <param name="count">How many shards there are.</param>
    public static ShardLocationCache Unknown(int count) => new() { Shards = [.. Enumerable.Repeat(Shard.UnknownUntil(TimeSpan.Zero), count)] };

    /// <summary>The transition function.</summary>
    public (ShardLocationCache Homes, ShardLocationEffects Effects) Handle(ShardLocationInput input, TimeSpan now) => input switch
    {
        ShardLocationInput.Joined => (this with { IsMember = true }).Forget(now + SettleTime).AskDue(now),
        // It would answer until the shard has been stopped there.
        ShardLocationInput.Found found when Leaving.Contains(found.Node) => (this, ShardLocationEffects.None),
        ShardLocationInput.Found found when found.Shard >= 0 && found.Shard < Shards.Length =>
            (this with { Shards = Shards.SetItem(found.Shard, new Shard(true, 0, now + RefreshInterval)) }).TellWaiting(ShardLocationEffects.None),
        ShardLocationInput.Leaving leaving => (this with { Leaving = Leaving.Add(leaving.Node), Waiting = Waiting.Add(leaving.Node) }).Forget(now).AskDue(now),
        ShardLocationInput.Removed removed => (this with { Leaving = Leaving.Remove(removed.Node), Waiting = Waiting.Remove(removed.Node) }).Forget(now).AskDue(now),
        ShardLocationInput.Refresh recall => (this with { Waiting = Waiting.Add(recall.Node) }).Forget(now).AskDue(now),
        ShardLocationInput.Due => AskDue(now),
        _ => (this, ShardLocationEffects.None),
    };

    // Also those that were elsewhere when they were last asked for: they may have moved since.
    private ShardLocationCache Forget(TimeSpan due) => this with { Shards = [.. Shards.Select(_ => Shard.UnknownUntil(due))] };

    private (ShardLocationCache, ShardLocationEffects) AskDue(TimeSpan now)
    {
        if (!IsMember) return (this, ShardLocationEffects.None);
        var due = Shards.Select((shard, number) => (shard, number)).Where(it => it.shard.Due <= now).Select(it => it.number).ToImmutableList();
        var asked = Shards.ToBuilder();
        foreach (var number in due) asked[number] = asked[number] with { Asked = asked[number].Asked + 1, Due = now + Pause(asked[number]) };
        return (this with { Shards = asked.ToImmutable() }).TellWaiting(new ShardLocationEffects(due, []));
    }

    private (ShardLocationCache, ShardLocationEffects) TellWaiting(ShardLocationEffects effects) =>
        Known < Shards.Length ? (this, effects) : (this with { Waiting = [] }, effects with { Tell = Waiting });

    private static TimeSpan Pause(Shard shard) => shard.IsKnown ? RefreshInterval : shard.Asked < FastQueries ? FastInterval : SlowInterval;
}
