using System.Collections.Immutable;
using Akka.Cluster;
using AkkaVault.Shared;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>The outcome of a connection to a member's remoting port.</summary>
internal enum ConnectOutcome
{
    /// <summary>The member's machine rejects the connection: no process listens there.</summary>
    Refused,

    /// <summary>A process listens.</summary>
    Accepted,

    /// <summary>No answer: the process may be alive behind a partition.</summary>
    Silent,
}

internal abstract record ProbeInput(UniqueAddress Member)
{
    /// <summary>A connection to the member was lost.</summary>
    public sealed record Disconnected(UniqueAddress Member) : ProbeInput(Member);
    public sealed record BecameUnreachable(UniqueAddress Member) : ProbeInput(Member);
    public sealed record BecameReachable(UniqueAddress Member) : ProbeInput(Member);
    public sealed record Removed(UniqueAddress Member) : ProbeInput(Member);
    public sealed record Tried(UniqueAddress Member, ConnectOutcome Outcome) : ProbeInput(Member);

    /// <summary>The delay of <see cref="ProbeEffect.Wait"/> is over.</summary>
    public sealed record Due(UniqueAddress Member) : ProbeInput(Member);
}

internal abstract record ProbeEffect(UniqueAddress Member)
{
    /// <summary>Try to connect to the member's remoting port.</summary>
    public sealed record Connect(UniqueAddress Member) : ProbeEffect(Member);
    public sealed record Wait(UniqueAddress Member, TimeSpan Delay) : ProbeEffect(Member);

    /// <summary>The failure detector need not wait for heartbeats: the process is gone.</summary>
    public sealed record MarkGone(UniqueAddress Member) : ProbeEffect(Member);
    public sealed record ClearGone(UniqueAddress Member) : ProbeEffect(Member);
    public sealed record Down(UniqueAddress Member) : ProbeEffect(Member);
}

/// <summary>
/// Tells a process that is gone from one that cannot be reached. A member whose connection is lost, or that is unreachable, is
/// suspected, and probed by a connection. After two refusals in a row its process is gone, and the member is downed as soon as it is
/// unreachable: before that, a down does not remove it. A network that rejects connections looks the same from both sides, so a
/// process counts as gone only while the members that are not suspected are a majority. The split-brain resolver sees to the rest.
/// </summary>
internal sealed record ProcessProbes
{
    public const int MinRefusals = 2;

    /// <summary>Between the first refusal and the next try: long enough for a process that is just taking the port.</summary>
    public static readonly TimeSpan SecondTry = TimeSpan.FromMilliseconds(40);
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    public static readonly ProcessProbes None = new();

    private ProcessProbes() { }

    private sealed record Suspect(int Refusals, bool Unreachable, bool IsGone = false);
    private ImmutableDictionary<UniqueAddress, Suspect> Suspects { get; init; } = ImmutableDictionary<UniqueAddress, Suspect>.Empty;

    public bool IsSuspected(UniqueAddress member) => Suspects.ContainsKey(member);

    public bool IsGone(UniqueAddress member) => Suspects.GetValueOrDefault(member) is { IsGone: true };

    /// <summary>Handles an input; <paramref name="members"/> counts this member too.</summary>
    public Transition<ProcessProbes, ProbeEffect> Handle(ProbeInput input, int members)
    {
        var member = input.Member;
        var suspect = Suspects.GetValueOrDefault(member);
        return (input, suspect) switch
        {
            (ProbeInput.Disconnected, null) => new(With(member, new Suspect(0, false)), [new ProbeEffect.Connect(member)]),
            (ProbeInput.BecameUnreachable, null) => new(With(member, new Suspect(0, true)), [new ProbeEffect.Connect(member)]),
            (_, null) => new(this, []),
            (ProbeInput.BecameUnreachable, _) => new(With(member, suspect with { Unreachable = true }), suspect.IsGone ? [new ProbeEffect.Down(member)] : []),
            (ProbeInput.BecameReachable, { IsGone: true }) => new(With(member, suspect with { Unreachable = false }), []),
            (ProbeInput.BecameReachable, _) => new(Without(member), []),
            (ProbeInput.Removed, _) => new(Without(member), suspect.IsGone ? [new ProbeEffect.ClearGone(member)] : []),
            (ProbeInput.Due, _) => new(this, [new ProbeEffect.Connect(member)]),
            (ProbeInput.Tried tried, _) => HandleTried(member, suspect, tried.Outcome, members),
            _ => new(this, []),
        };
    }

    // Of two members, the one that is left has to go on. If it is wrong, the ledger rejects the other's writes.
    private bool MayJudge(int members) => members <= 2 || 2 * (members - Suspects.Count) > members;

    private Transition<ProcessProbes, ProbeEffect> HandleTried(UniqueAddress member, Suspect before, ConnectOutcome outcome, int members)
    {
        var refusals = outcome == ConnectOutcome.Refused ? before.Refusals + 1 : 0;
        var suspect = before with { Refusals = refusals, IsGone = refusals >= MinRefusals && (before.IsGone || MayJudge(members)) };
        ImmutableList<ProbeEffect> effects = [];
        if (suspect.IsGone && !before.IsGone) effects = effects.Add(new ProbeEffect.MarkGone(member));
        if (before.IsGone && !suspect.IsGone) effects = effects.Add(new ProbeEffect.ClearGone(member));
        if (suspect is { IsGone: true, Unreachable: true }) effects = effects.Add(new ProbeEffect.Down(member));
        // A reachable member that listens, or does not answer, has only lost a connection.
        if (suspect is { Refusals: 0, Unreachable: false }) return new(Without(member), effects);
        return new(With(member, suspect), effects.Add(new ProbeEffect.Wait(member, suspect.Refusals == 1 ? SecondTry : Interval)));
    }

    private ProcessProbes With(UniqueAddress member, Suspect suspect) => this with { Suspects = Suspects.SetItem(member, suspect) };

    private ProcessProbes Without(UniqueAddress member) => this with { Suspects = Suspects.Remove(member) };
}
