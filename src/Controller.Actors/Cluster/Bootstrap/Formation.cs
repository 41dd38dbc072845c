using System.Collections.Immutable;
using Akka.Actor;
using Akka.Management.Cluster.Bootstrap;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using AkkaVault.Shared;

namespace AkkaVault.Controller.Cluster.Bootstrap;

internal abstract record FormationInput
{
    /// <summary>Akka.Management's coordinator asks for a decision.</summary>
    /// <param name="Observed">The contact points as they are now.</param>
    /// <param name="Write">A name for a claim.</param>
    public sealed record DecisionRequested(ObservedContactPoints Observed, string Write) : FormationInput;

    /// <summary>The ledger was read, no earlier than it was asked for at <paramref name="Asked"/>.</summary>
    public sealed record LedgerRead(LedgerMark Mark, TimeSpan Asked) : FormationInput;

    /// <summary>The ledger could not be read: its owner perhaps could not write it either.</summary>
    public sealed record LedgerUnread : FormationInput;

    /// <summary>A claim has ended.</summary>
    /// <param name="Won">Whether the ledger was claimed; null: not known.</param>
    public sealed record ClaimEnded(bool? Won) : FormationInput;
}

internal abstract record FormationEffect
{
    /// <summary>Answer Akka.Management's coordinator.</summary>
    public sealed record Decide(IJoinDecision Decision) : FormationEffect;

    /// <summary>Claim the ledger, as it was read, for a new cluster.</summary>
    public sealed record Claim(LedgerMark Mark, string Write) : FormationEffect;
    public sealed record Log(string Progress) : FormationEffect;
}

/// <summary>
/// Whether a starting controller joins a cluster or forms one. It joins a cluster that exists. It forms one only when enough contact
/// points answer, its address is the lowest of them, and it has claimed the ledger. It claims the ledger only when no cluster can be
/// alive: there is no ledger, or the ledger has not changed for <see cref="FormationRules.Silence"/> while this node watched it, or all
/// controllers answer that they are in no cluster, the process at the owner's address among them. Times are of this node's own clock,
/// which only goes forward; they are never compared with another's.
/// </summary>
internal sealed record Formation
{
    private Formation(FormationRules rules, Address self, TimeSpan now) => (Rules, Self, StableSince) = (rules, self, now);

    public FormationRules Rules { get; }

    /// <summary>This node's address in a cluster.</summary>
    public Address Self { get; }

    /// <summary>The contact points as they were last.</summary>
    public ObservedContactPoints Observed { get; private init; } = ObservedContactPoints.None;

    /// <summary>Whether this node may be about to form a cluster: then it does not answer others that it is in none.</summary>
    public bool IsClaiming => Claimed is not null;

    private TimeSpan StableSince { get; init; }
    private LedgerMarkObservation? Ledger { get; init; }
    private Claim? Claimed { get; init; }

    /// <summary>The names of all claims: one that failed, or was not answered, may have happened all the same.</summary>
    private ImmutableHashSet<string> Claims { get; init; } = [];
    private string? Logged { get; init; }

    private sealed record Claim(TimeSpan Sent, bool Won);

    public static Formation Begin(FormationRules rules, Address self, TimeSpan now) => new(rules, self, now);

    public Transition<Formation, FormationEffect> Handle(FormationInput input, TimeSpan now) => input switch
    {
        FormationInput.DecisionRequested { Observed: var observed } requested =>
            (this with { Observed = observed, StableSince = observed.IsLike(Observed) ? StableSince : now }).ThenDecide(requested.Write, now),
        FormationInput.LedgerRead read => new(this with { Ledger = LedgerMarkObservation.Observe(Ledger, read.Mark, read.Asked, now, Rules.LedgerFreshness) }, []),
        FormationInput.ClaimEnded { Won: true } => new(this with { Claimed = Claimed! with { Won = true }, Ledger = null }, []),
        FormationInput.ClaimEnded => new(this with { Claimed = null, Ledger = null }, []),
        _ => new(this with { Ledger = null }, []),
    };

    private Transition<Formation, FormationEffect> ThenDecide(string write, TimeSpan now)
    {
        if (Claimed is { Won: false }) return ThenWait();
        if (Claimed is { Won: true, Sent: var sent })
        {
            // The others wait for longer than this after the claim. A process that was paused since then may be too late.
            if (now - sent <= Rules.ClaimIsGood) return ThenAnswer(JoinSelf.Instance, "forming a cluster");
            return (this with { Claimed = null }).ThenWait();
        }

        var seeds = Observed.Answers.Values.SelectMany(answer => answer.Seeds).Where(seed => seed != Self).ToImmutableHashSet();
        var joinable = seeds.Where(seed => seed.Protocol == Self.Protocol && seed.System == Self.System).ToImmutableHashSet();
        var members = string.Join(", ", (joinable.IsEmpty ? seeds : joinable).Select(seed => $"{seed}").Order(StringComparer.Ordinal));
        if (!joinable.IsEmpty) return ThenAnswer(new JoinOtherSeedNodes(joinable), $"joining the cluster of {members}");
        // No cluster is formed beside one that cannot be joined.
        if (!seeds.IsEmpty) return ThenWait($"cannot join {members}: this node is {Self}; cluster.tls must be set for all controllers or for none");
        if (!MayForm(now) || Ledger is not { } ledger || now - ledger.Answered > Rules.LedgerFreshness) return ThenWait();
        if (LivingOwner(ledger) is { } owner) return ThenWait($"{owner} owned the ledger last; no cluster is formed until it has not changed for {Rules.Silence.TotalSeconds} s");
        var reachable = string.Join(", ", Observed.Answers.Keys);
        var waiting = (this with { Claimed = new Claim(now, false), Claims = Claims.Add(write) }).ThenWait($"about to form a cluster; reachable: {reachable}");
        return waiting with { Effects = waiting.Effects.Add(new FormationEffect.Claim(ledger.Mark, write)) };
    }

    private int AnsweringNodes => Observed.Answers.Values.Select(answer => answer.Node).Distinct().Count();

    private bool AllAnswer => AnsweringNodes >= Rules.Replicas && Observed.Discovered.All(Observed.Answers.ContainsKey);

    private bool MayForm(TimeSpan now) =>
        AnsweringNodes >= Rules.RequiredContactPoints
        && Observed.Answers.First().Value.Node == Self
        && now - StableSince >= (AllAnswer ? Rules.StableMargin : Rules.MissingReplicaTimeout);

    /// <summary>The ledger's owner, if it may still live in a cluster; null: it does not.</summary>
    private string? LivingOwner(LedgerMarkObservation ledger)
    {
        var mark = ledger.Mark;
        if (mark.Version is null || ledger.Unchanged >= Rules.Silence || Claims.Contains(mark.Write)) return null;
        // These answers were given after the ledger was in this state. A node that is about to form a cluster with that claim does not answer.
        var isGone = AllAnswer && Observed.Answers.Values.All(answer => answer.Seen - ledger.Since >= Rules.AnswerAge)
            && Observed.Answers.Values.Any(answer => mark.Node.StartsWith($"{answer.Node}#", StringComparison.Ordinal));
        return isGone ? null : mark.Node.Length > 0 ? mark.Node : "another process";
    }

    private Transition<Formation, FormationEffect> ThenWait(string? progress = null) => ThenAnswer(KeepProbing.Instance, progress);

    // Progress is logged once.
    private Transition<Formation, FormationEffect> ThenAnswer(IJoinDecision decision, string? progress) => progress is null || progress == Logged
        ? new(this, [new FormationEffect.Decide(decision)])
        : new(this with { Logged = progress }, [new FormationEffect.Decide(decision), new FormationEffect.Log(progress)]);
}
