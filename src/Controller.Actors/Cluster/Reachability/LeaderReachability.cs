using System.Collections.Immutable;
using AkkaVault.Shared;

namespace AkkaVault.Controller.Cluster.Reachability;

internal abstract record LeaderReachabilityInput
{
    /// <summary>A try of the leader's, begun at <paramref name="Begun"/>, has ended.</summary>
    public sealed record Tried(TimeSpan Begun, bool Reached) : LeaderReachabilityInput;

    /// <summary>Another controller has answered in a round.</summary>
    public sealed record Answered(int Round, string Node, bool Reached) : LeaderReachabilityInput;
}

internal enum LeaderReachabilityEffect
{
    /// <summary>Ask the others whether they reach the API server, as <see cref="LeaderReachability.Round"/>.</summary>
    Ask,

    /// <summary>Leave the cluster, so that a controller that reaches the API server leads.</summary>
    Leave,
}

/// <summary>
/// Whether the leader leaves because it alone does not reach the API server. It asks the others once its tries have failed for a
/// while. It leaves when in two rounds in a row another controller reaches the API server and a try of its own fails after that. It
/// stays when no other controller reaches the API server: its leaving would help nobody. Times are of a clock that only goes forward.
/// </summary>
internal sealed record LeaderReachability
{
    /// <summary>From the beginning of one try to the next.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>How long every try fails before the others are asked: long enough for an API server that restarts, or network rules that change.</summary>
    public static readonly TimeSpan FailureTimeout = TimeSpan.FromSeconds(20);

    /// <summary>How many tries fail before the others are asked: time in which this process was paused does not count.</summary>
    public const int MinFailures = 4;

    /// <summary>How many rounds in a row are needed: one controller reaches an API server that comes back before another does.</summary>
    public const int Rounds = 2;
    public static readonly LeaderReachability Initial = new();

    private LeaderReachability() { }

    /// <summary>When the first of the failed tries began; null: the last try did not fail.</summary>
    public TimeSpan? FailingSince { get; private init; }

    /// <summary>How many tries have failed since then.</summary>
    public int Failures { get; private init; }

    /// <summary>The number of the last round of questions.</summary>
    public int Round { get; private init; }

    /// <summary>Whether the others were asked since <see cref="FailingSince"/>.</summary>
    public bool Asked { get; private init; }

    /// <summary>The controllers that reach the API server, by their answers in this round.</summary>
    public ImmutableSortedSet<string> ReachedBy { get; private init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>When the first of those answers came.</summary>
    private TimeSpan HeardAt { get; init; }

    /// <summary>In how many rounds in a row another controller has reached the API server, and this one has not.</summary>
    private int RoundsLost { get; init; }

    public Transition<LeaderReachability, LeaderReachabilityEffect> Handle(LeaderReachabilityInput input, TimeSpan now) => input switch
    {
        // The number of the round goes on, so that a late answer belongs to no round.
        LeaderReachabilityInput.Tried { Reached: true } => new(Initial with { Round = Round }, []),
        LeaderReachabilityInput.Tried tried => (this with { FailingSince = FailingSince ?? tried.Begun, Failures = Failures + 1 }).ThenDecide(tried.Begun, now),
        LeaderReachabilityInput.Answered { Reached: true } answered when Asked && answered.Round == Round =>
            new(this with { ReachedBy = ReachedBy.Add(answered.Node), HeardAt = ReachedBy.IsEmpty ? now : HeardAt }, []),
        _ => new(this, []),
    };

    private Transition<LeaderReachability, LeaderReachabilityEffect> ThenDecide(TimeSpan begun, TimeSpan now)
    {
        if (Failures < MinFailures || now - FailingSince < FailureTimeout) return new(this, []);
        if (!Asked || ReachedBy.IsEmpty) return ThenAsk(0);
        // This try began before another controller's succeeded: only the next one can be compared with it.
        if (begun < HeardAt) return new(this, []);
        return RoundsLost + 1 < Rounds ? ThenAsk(RoundsLost + 1) : new(this, [LeaderReachabilityEffect.Leave]);
    }

    private Transition<LeaderReachability, LeaderReachabilityEffect> ThenAsk(int roundsLost) =>
        new(this with { Asked = true, Round = Round + 1, ReachedBy = ReachedBy.Clear(), RoundsLost = roundsLost }, [LeaderReachabilityEffect.Ask]);
}
