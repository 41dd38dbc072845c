using System.Collections.Immutable;

namespace AkkaVault.Controller.Cluster.Reachability;

/// <summary>What the leader does next.</summary>
internal enum LeaderReachabilityDecision
{
    /// <summary>It goes on leading and trying.</summary>
    Stay,

    /// <summary>It goes on, and asks the others whether they reach the API server, as <see cref="LeaderReachability.Round"/>.</summary>
    Ask,

    /// <summary>It leaves the cluster, so that one that does reach it leads.</summary>
    Leave,
}

/// <summary>
/// Whether the leader is to go because it alone does not reach the API server, as a pure state machine. It asks the others once it
/// has failed for a while, and goes when in two rounds in a row another one has said that it reaches it, and it itself has failed
/// again after each. One that others do not surpass stays: its end would help nobody. Times are of a clock that only goes forward.
/// </summary>
internal sealed record LeaderReachability
{
    /// <summary>Between the begins of two tries.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>For how long every try has failed before the others are asked: an API server that is restarted, or a node's rules that are changed, are back by then.</summary>
    public static readonly TimeSpan FailureTimeout = TimeSpan.FromSeconds(20);

    /// <summary>So many tries at least have failed then: a process that was held has tried nothing meanwhile.</summary>
    public const int MinFailures = 4;

    /// <summary>So many rounds in a row tell: an API server that comes back is reached by one before the other.</summary>
    public const int Rounds = 2;

    /// <summary>It is reached, as far as is known.</summary>
    public static readonly LeaderReachability Initial = new();

    private LeaderReachability()
    {
    }

    /// <summary>When the first of the tries that failed was begun; null: the last one did not fail.</summary>
    public TimeSpan? FailingSince { get; private init; }

    /// <summary>How many tries have failed since then.</summary>
    public int Failures { get; private init; }

    /// <summary>How often the others were asked.</summary>
    public int Round { get; private init; }

    /// <summary>Whether they were since <see cref="FailingSince"/>.</summary>
    public bool Asked { get; private init; }

    /// <summary>Who has said in this round that it reaches the API server.</summary>
    public ImmutableSortedSet<string> ReachedBy { get; private init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>When the first of them did.</summary>
    private TimeSpan HeardAt { get; init; }

    /// <summary>In how many rounds in a row others have reached it and this one has not.</summary>
    private int RoundsLost { get; init; }

    /// <summary>A try has ended.</summary>
    /// <param name="begun">When it was begun.</param>
    /// <param name="reached">Whether the API server was reached.</param>
    /// <param name="now">When it ended.</param>
    public (LeaderReachability Next, LeaderReachabilityDecision Verdict) Tried(TimeSpan begun, bool reached, TimeSpan now)
    {
        // The number of the round goes on: a late answer is of none.
        if (reached) return (Initial with { Round = Round }, LeaderReachabilityDecision.Stay);
        var next = this with { FailingSince = FailingSince ?? begun, Failures = Failures + 1 };
        if (next.Failures < MinFailures || now - next.FailingSince < FailureTimeout) return (next, LeaderReachabilityDecision.Stay);
        if (!Asked || ReachedBy.IsEmpty) return (next.AskAgain(0), LeaderReachabilityDecision.Ask);
        // What failed began before another said that it succeeds: the next try tells.
        if (begun < HeardAt) return (next, LeaderReachabilityDecision.Stay);
        return RoundsLost + 1 < Rounds ? (next.AskAgain(RoundsLost + 1), LeaderReachabilityDecision.Ask) : (next, LeaderReachabilityDecision.Leave);
    }

    /// <summary>Another controller has answered.</summary>
    /// <param name="round">Which round it answers.</param>
    /// <param name="node">Which one it is.</param>
    /// <param name="reached">Whether it reaches the API server.</param>
    /// <param name="now">When.</param>
    public LeaderReachability Answered(int round, string node, bool reached, TimeSpan now) => Asked && round == Round && reached
        ? this with { ReachedBy = ReachedBy.Add(node), HeardAt = ReachedBy.IsEmpty ? now : HeardAt }
        : this;

    private LeaderReachability AskAgain(int surpassed) => this with { Asked = true, Round = Round + 1, ReachedBy = ReachedBy.Clear(), RoundsLost = surpassed };
}
