using System.Collections.Immutable;

namespace AkkaVault.Controller.Cluster.Forming;

/// <summary>Where a bootstrap stands.</summary>
public enum BootstrapPhase
{
    /// <summary>Looking around for a cluster to join, or for enough others to form one.</summary>
    Looking,

    /// <summary>About to form one: everybody is told so, and asked once more.</summary>
    Confirming,

    /// <summary>Joining a cluster that exists.</summary>
    Joining,

    /// <summary>Forming a cluster.</summary>
    Forming,

    /// <summary>Member of a cluster: the bootstrap is over.</summary>
    Joined,
}

/// <summary>
/// How a starting controller comes into the one cluster, as a pure state machine: it joins what exists; it forms one only when
/// enough contact points are reachable, nothing has changed for a while, it has the lowest address of them, and, after it has
/// told everybody who asks that it is about to, each was asked once more. Of two that are about to, at least one sees the other.
/// </summary>
public sealed record Bootstrap
{
    private Bootstrap(BootstrapRules rules, ContactPoint self, string selfNode, DateTimeOffset now) =>
        (Rules, Self, SelfNode, Since, StableSince) = (rules, self, selfNode, now, now);

    /// <summary>When it may form a cluster.</summary>
    public BootstrapRules Rules { get; }

    /// <summary>This node's contact point.</summary>
    public ContactPoint Self { get; }

    /// <summary>This node's address in a cluster.</summary>
    public string SelfNode { get; }

    /// <summary>Where it stands.</summary>
    public BootstrapPhase Phase { get; private init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset Since { get; private init; }

    /// <summary>The contact points that exist.</summary>
    public ImmutableSortedSet<ContactPoint> Discovered { get; private init; } = [];

    /// <summary>When that was asked for; null: never answered.</summary>
    public DateTimeOffset? DiscoveredAsked { get; private init; }

    /// <summary>Those of them that answered lately.</summary>
    public ImmutableSortedSet<ContactPoint> Reachable { get; private init; } = [];

    /// <summary>Since when the same ones exist and are reachable.</summary>
    public DateTimeOffset StableSince { get; private init; }

    /// <summary>Whether others must wait for what comes of it: about to form or to join.</summary>
    public bool IsBusy => Phase is BootstrapPhase.Confirming or BootstrapPhase.Forming or BootstrapPhase.Joining;

    private ImmutableDictionary<ContactPoint, Sighting> Sightings { get; init; } = ImmutableDictionary<ContactPoint, Sighting>.Empty;

    /// <summary>What was last said to speak another protocol.</summary>
    private string? ToldOther { get; init; }

    private ImmutableSortedSet<ContactPoint> LastDiscovered { get; init; } = [];

    /// <summary>What is known of a contact point: when it was asked last, and what it answered last, asked when.</summary>
    private sealed record Sighting(DateTimeOffset Asked, ContactPointAnswer? Answer, DateTimeOffset AnswerAsked);

    /// <summary>A bootstrap begins.</summary>
    public static Bootstrap Begin(BootstrapRules rules, ContactPoint self, string selfNode, DateTimeOffset now) => new(rules, self, selfNode, now);

    /// <summary>The transition function.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">This node's clock.</param>
    public BootstrapStep On(BootstrapInput input, DateTimeOffset now)
    {
        if (Phase == BootstrapPhase.Joined) return new BootstrapStep(this, []);
        return input switch
        {
            BootstrapInput.BecameMember => new BootstrapStep(Enter(BootstrapPhase.Joined, now), []),
            BootstrapInput.Discovered discovered => (this with { Discovered = discovered.Points, DiscoveredAsked = discovered.Asked }).Decide(now),
            BootstrapInput.Answered answered => See(answered.Point, new Sighting(answered.Asked, answered.Answer, answered.Asked)).Decide(now),
            // One lost answer changes nothing yet: the one before counts until it is too old.
            BootstrapInput.Silent silent => See(silent.Point, (Sightings.GetValueOrDefault(silent.Point) ?? new Sighting(default, null, default)) with { Asked = silent.Asked }).Decide(now),
            _ => Decide(now),
        };
    }

    private Bootstrap See(ContactPoint point, Sighting sighting) => Sightings.TryGetValue(point, out var last) && last.Asked > sighting.Asked
        ? this
        : this with { Sightings = Sightings.SetItem(point, sighting) };

    private BootstrapStep Decide(DateTimeOffset now)
    {
        var reachable = Discovered.Where(point => FreshAnswer(point, now) is not null).ToImmutableSortedSet();
        var stable = reachable.SetEquals(Reachable) && Discovered.SetEquals(LastDiscovered);
        var known = this with { Reachable = reachable, LastDiscovered = Discovered, StableSince = stable ? StableSince : now };
        return known.Phase switch
        {
            BootstrapPhase.Looking => known.Look(now),
            BootstrapPhase.Confirming => known.Confirm(now),
            _ when now - Since >= Rules.JoinTimeout => known.LookAgain(now, "no cluster let this node in; looking around again"),
            _ => new BootstrapStep(known, []),
        };
    }

    private BootstrapStep Look(DateTimeOffset now)
    {
        if (SpokenOtherwise(now) is { } other) return TellOther(other);
        if (Seeds(now) is { IsEmpty: false } seeds) return Join(seeds, now);
        return MayForm(now) && now - StableSince >= Margin
            ? new BootstrapStep(Enter(BootstrapPhase.Confirming, now), [new BootstrapEffect.Say($"about to form a cluster; reachable: {string.Join(", ", Reachable)}")])
            : new BootstrapStep(this, []);
    }

    private BootstrapStep Confirm(DateTimeOffset now)
    {
        if (Seeds(now) is { IsEmpty: false } seeds && seeds.Any(SpeaksAlike)) return Join(seeds, now);
        if (!MayForm(now) || SpokenOtherwise(now) is not null) return LookAgain(now, "something has changed; not forming a cluster yet");
        if (now - Since >= Rules.ConfirmTimeout) return LookAgain(now, "not everybody could be asked again; not forming a cluster yet");
        return DiscoveredAsked > Since && Discovered.All(WasAskedAgain)
            ? new BootstrapStep(Enter(BootstrapPhase.Forming, now), [new BootstrapEffect.Say("forming a cluster"), new BootstrapEffect.Form()])
            : new BootstrapStep(this, []);
    }

    private bool WasAskedAgain(ContactPoint point) => Sightings.GetValueOrDefault(point) is { } sighting
        && (Reachable.Contains(point) ? sighting.AnswerAsked : sighting.Asked) > Since;

    private TimeSpan Margin => Discovered.Count == Rules.Replicas && Reachable.Count == Rules.Replicas ? Rules.StableMargin : Rules.Patience;

    private bool MayForm(DateTimeOffset now) =>
        now - DiscoveredAsked <= Rules.DiscoveryFreshness
        && Reachable.Count >= Rules.RequiredContactPoints
        && Reachable.FirstOrDefault() == Self
        && !Reachable.Any(point => point != Self && FreshAnswer(point, now) is { Busy: true });

    private ContactPointAnswer? FreshAnswer(ContactPoint point, DateTimeOffset now) =>
        Sightings.GetValueOrDefault(point) is { Answer: { } answer } sighting && now - sighting.AnswerAsked <= Rules.Freshness ? answer : null;

    /// <summary>A member that speaks another protocol than this node, when no member speaks the same: it cannot be joined, and no cluster may be formed beside its own.</summary>
    private string? SpokenOtherwise(DateTimeOffset now) => Seeds(now) is { IsEmpty: false } seeds && !seeds.Any(SpeaksAlike) ? seeds[0] : null;

    // TLS or none, as Akka's addresses tell: akka.ssl.tcp or akka.tcp.
    private bool SpeaksAlike(string node) => node.Split("://")[0] == SelfNode.Split("://")[0];

    private BootstrapStep TellOther(string other) => ToldOther == other
        ? new BootstrapStep(this, [])
        : new BootstrapStep(
            this with { ToldOther = other },
            [new BootstrapEffect.Say($"cannot join {other}: this node is {SelfNode}; cluster.tls must be set for all controllers or for none")]);

    private ImmutableSortedSet<string> Seeds(DateTimeOffset now) =>
        [.. Discovered.Where(point => point != Self).SelectMany(point => FreshAnswer(point, now)?.Seeds ?? []).Where(seed => seed != SelfNode)];

    private BootstrapStep Join(ImmutableSortedSet<string> found, DateTimeOffset now)
    {
        var seeds = found.Where(SpeaksAlike).ToImmutableSortedSet(found.KeyComparer);
        return new BootstrapStep(
            Enter(BootstrapPhase.Joining, now), [new BootstrapEffect.Say($"joining the cluster of {string.Join(", ", seeds)}"), new BootstrapEffect.Join(seeds)]);
    }

    // What was answered before led nowhere: only what is asked from now on counts.
    private BootstrapStep LookAgain(DateTimeOffset now, string why) =>
        new(Enter(BootstrapPhase.Looking, now) with { Sightings = Sightings.Clear(), Reachable = [], StableSince = now }, [new BootstrapEffect.Say(why)]);

    private Bootstrap Enter(BootstrapPhase phase, DateTimeOffset now) => this with { Phase = phase, Since = now };
}
