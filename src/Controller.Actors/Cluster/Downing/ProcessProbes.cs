using System.Collections.Immutable;
using Akka.Cluster;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>What a connection to a member's remoting port came to.</summary>
public enum ConnectOutcome
{
    /// <summary>Its machine says that nobody listens there: no process is there.</summary>
    Refused,

    /// <summary>Somebody listens.</summary>
    Accepted,

    /// <summary>No answer: it may be alive behind a partition.</summary>
    Silent,
}

/// <summary>What the probes are told.</summary>
internal abstract record ProbeInput(UniqueAddress Member)
{
    /// <summary>A connection to a member was lost.</summary>
    public sealed record Disconnected(UniqueAddress Member) : ProbeInput(Member);

    /// <summary>The cluster takes a member for unreachable.</summary>
    public sealed record BecameUnreachable(UniqueAddress Member) : ProbeInput(Member);

    /// <summary>It no longer does.</summary>
    public sealed record BecameReachable(UniqueAddress Member) : ProbeInput(Member);

    /// <summary>A member is no more.</summary>
    public sealed record Removed(UniqueAddress Member) : ProbeInput(Member);

    /// <summary>A connection was tried.</summary>
    public sealed record Tried(UniqueAddress Member, ConnectOutcome Outcome) : ProbeInput(Member);

    /// <summary>A wait is over.</summary>
    public sealed record Due(UniqueAddress Member) : ProbeInput(Member);
}

/// <summary>What the probes want done.</summary>
internal abstract record ProbeEffect(UniqueAddress Member)
{
    /// <summary>Try to connect to its remoting port.</summary>
    public sealed record Connect(UniqueAddress Member) : ProbeEffect(Member);

    /// <summary>Wait before the next try.</summary>
    public sealed record Wait(UniqueAddress Member, TimeSpan Delay) : ProbeEffect(Member);

    /// <summary>Tell the failure detector that no process is there.</summary>
    public sealed record MarkGone(UniqueAddress Member) : ProbeEffect(Member);

    /// <summary>Tell it that this is so no longer.</summary>
    public sealed record ClearGone(UniqueAddress Member) : ProbeEffect(Member);

    /// <summary>Take it out of the cluster.</summary>
    public sealed record Down(UniqueAddress Member) : ProbeEffect(Member);
}

/// <summary>
/// Tells a process that is gone from one that cannot be reached, as a pure state machine: a member that is suspected is
/// connected to; twice refused, it is gone, and is downed as soon as the cluster takes it for unreachable, which is when a down
/// removes it. Only where those that are not suspected are a majority: a network that rejects looks the same from both sides.
/// Everything else is left to the split-brain resolver.
/// </summary>
internal sealed record ProcessProbes
{
    /// <summary>Refusals in a row that tell.</summary>
    public const int Telling = 2;

    /// <summary>Between the first refusal and the next try: a process that is just taking the port is seen.</summary>
    public static readonly TimeSpan SecondTry = TimeSpan.FromMilliseconds(40);

    /// <summary>Between tries otherwise.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Nobody is suspected.</summary>
    public static readonly ProcessProbes None = new();

    private ProcessProbes()
    {
    }

    /// <summary>A suspected member.</summary>
    private sealed record Suspect(int Refusals, bool Unreachable, bool IsGone = false);

    private ImmutableDictionary<UniqueAddress, Suspect> Suspects { get; init; } = ImmutableDictionary<UniqueAddress, Suspect>.Empty;

    /// <summary>Whether a member is suspected.</summary>
    public bool Suspected(UniqueAddress member) => Suspects.ContainsKey(member);

    /// <summary>Whether a member is known to be gone.</summary>
    public bool IsGone(UniqueAddress member) => Suspects.GetValueOrDefault(member) is { IsGone: true };

    /// <summary>The transition function.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="members">How many members the cluster has, this one included.</param>
    public (ProcessProbes Probes, ImmutableList<ProbeEffect> Effects) Handle(ProbeInput input, int members)
    {
        var member = input.Member;
        var suspect = Suspects.GetValueOrDefault(member);
        return (input, suspect) switch
        {
            (ProbeInput.Disconnected, null) => (With(member, new Suspect(0, false)), [new ProbeEffect.Connect(member)]),
            (ProbeInput.BecameUnreachable, null) => (With(member, new Suspect(0, true)), [new ProbeEffect.Connect(member)]),
            (_, null) => (this, []),
            (ProbeInput.BecameUnreachable, _) => (With(member, suspect with { Unreachable = true }), suspect.IsGone ? [new ProbeEffect.Down(member)] : []),
            (ProbeInput.BecameReachable, { IsGone: true }) => (With(member, suspect with { Unreachable = false }), []),
            (ProbeInput.BecameReachable, _) => (Without(member), []),
            (ProbeInput.Removed, _) => (Without(member), suspect.IsGone ? [new ProbeEffect.ClearGone(member)] : []),
            (ProbeInput.Due, _) => (this, [new ProbeEffect.Connect(member)]),
            (ProbeInput.Tried tried, _) => OnTried(member, suspect, tried.Outcome, members),
            _ => (this, []),
        };
    }

    // Of two, one is left to go on; its writes are fenced should it be wrong.
    private bool MayJudge(int members) => members <= 2 || 2 * (members - Suspects.Count) > members;

    private (ProcessProbes, ImmutableList<ProbeEffect>) OnTried(UniqueAddress member, Suspect before, ConnectOutcome outcome, int members)
    {
        var refusals = outcome == ConnectOutcome.Refused ? before.Refusals + 1 : 0;
        var suspect = before with { Refusals = refusals, IsGone = refusals >= Telling && (before.IsGone || MayJudge(members)) };
        ImmutableList<ProbeEffect> effects = [];
        if (suspect.IsGone && !before.IsGone) effects = effects.Add(new ProbeEffect.MarkGone(member));
        if (before.IsGone && !suspect.IsGone) effects = effects.Add(new ProbeEffect.ClearGone(member));
        if (suspect is { IsGone: true, Unreachable: true }) effects = effects.Add(new ProbeEffect.Down(member));
        // One that listens, or is silent, and that the cluster can reach: a connection was lost, no more.
        if (suspect is { Refusals: 0, Unreachable: false }) return (Without(member), effects);
        return (With(member, suspect), effects.Add(new ProbeEffect.Wait(member, suspect.Refusals == 1 ? SecondTry : Interval)));
    }

    private ProcessProbes With(UniqueAddress member, Suspect suspect) => this with { Suspects = Suspects.SetItem(member, suspect) };

    private ProcessProbes Without(UniqueAddress member) => this with { Suspects = Suspects.Remove(member) };
}
