using System.Collections.Immutable;
using Akka.Actor;
using Akka.Management.Cluster.Bootstrap;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;

namespace AkkaVault.Controller.Cluster.Bootstrap;

/// <summary>
/// Whether a starting controller joins a cluster or forms one, as a pure state machine. It joins what exists. It forms one only when
/// enough contact points answer, it has the lowest address of them, and it has claimed the ledger, of which it saw that no cluster
/// lives: there is none, or it has not changed for <see cref="FormationRules.Silence"/> while this node watched, or all controllers
/// answer that they are in no cluster, the process at its holder's address among them. Times are of this node's own clock, which
/// only goes forward; they are never compared with another's.
/// </summary>
internal sealed record Formation
{
    private Formation(FormationRules rules, Address self, TimeSpan now) => (Rules, Self, StableSince) = (rules, self, now);

    /// <summary>When it may form a cluster.</summary>
    public FormationRules Rules { get; }

    /// <summary>This node's address in a cluster.</summary>
    public Address Self { get; }

    /// <summary>What was seen last.</summary>
    public ObservedContactPoints Around { get; private init; } = ObservedContactPoints.Nothing;

    /// <summary>Whether this node may be about to form a cluster: others must not take it for one that is not.</summary>
    public bool IsClaiming => Claimed is not null;

    private TimeSpan StableSince { get; init; }

    private LedgerMarkObservation? Watched { get; init; }

    private Claim? Claimed { get; init; }

    /// <summary>The claims whose answer was lost, and those that came to nothing: each may have happened.</summary>
    private ImmutableHashSet<string> Tried { get; init; } = [];

    private string? Said { get; init; }

    /// <summary>A claim of the ledger: when it was sent, and whether it is known to have happened.</summary>
    private sealed record Claim(TimeSpan Sent, bool Won);

    /// <summary>A controller starts.</summary>
    /// <param name="rules">When it may form a cluster.</param>
    /// <param name="self">Its address in a cluster.</param>
    /// <param name="now">The time.</param>
    public static Formation Begin(FormationRules rules, Address self, TimeSpan now) => new(rules, self, now);

    /// <summary>The ledger was read.</summary>
    /// <param name="mark">Whose it is.</param>
    /// <param name="asked">When it was asked for: it was so no earlier.</param>
    /// <param name="answered">When the answer came: it was so no later.</param>
    public Formation Saw(LedgerMark mark, TimeSpan asked, TimeSpan answered) => this with { Watched = LedgerMarkObservation.Observe(Watched, mark, asked, answered, Rules.LedgerFreshness) };

    /// <summary>The ledger could not be read: whoever holds it could perhaps not write it either.</summary>
    public Formation SawNothing() => this with { Watched = null };

    /// <summary>A claim has ended.</summary>
    /// <param name="won">Whether it happened; null: not known.</param>
    public Formation ClaimEnded(bool? won) => this with { Claimed = won == true ? Claimed! with { Won = true } : null, Watched = null };

    /// <summary>Takes in one look around.</summary>
    /// <param name="around">What is seen.</param>
    /// <param name="write">A name for a claim.</param>
    /// <param name="now">The time.</param>
    public FormationStep Handle(ObservedContactPoints around, string write, TimeSpan now)
    {
        var next = this with { Around = around, StableSince = around.IsLike(Around) ? StableSince : now };
        return next.Decide(write, now);
    }

    private FormationStep Decide(string write, TimeSpan now)
    {
        if (Claimed is { Won: false }) return Waiting();
        if (Claimed is { Won: true, Sent: var sent })
        {
            // Others wait for longer than this after it, but who was held since then may be too late.
            if (now - sent <= Rules.ClaimIsGood) return Saying(JoinSelf.Instance, "forming a cluster");
            return (this with { Claimed = null }).Waiting();
        }

        var seeds = Around.Answers.Values.SelectMany(answer => answer.Seeds).Where(seed => seed != Self).ToImmutableHashSet();
        var alike = seeds.Where(seed => seed.Protocol == Self.Protocol && seed.System == Self.System).ToImmutableHashSet();
        var members = string.Join(", ", (alike.IsEmpty ? seeds : alike).Select(seed => $"{seed}").Order(StringComparer.Ordinal));
        if (!alike.IsEmpty) return Saying(new JoinOtherSeedNodes(alike), $"joining the cluster of {members}");
        // No cluster is formed beside one that cannot be joined.
        if (!seeds.IsEmpty) return Waiting($"cannot join {members}: this node is {Self}; cluster.tls must be set for all controllers or for none");
        if (!MayForm(now) || Watched is not { } watched || now - watched.Answered > Rules.LedgerFreshness) return Waiting();
        if (Holder(watched) is { } holder) return Waiting($"{holder} held the ledger last; no cluster is formed until it has not changed for {Rules.Silence.TotalSeconds} s");
        var reachable = string.Join(", ", Around.Answers.Keys);
        var claiming = this with { Claimed = new Claim(now, false), Tried = Tried.Add(write) };
        return claiming.Waiting($"about to form a cluster; reachable: {reachable}") with { Claim = watched.Mark };
    }

    private int Answering => Around.Answers.Values.Select(answer => answer.Node).Distinct().Count();

    private bool AllAnswer => Answering >= Rules.Replicas && Around.Discovered.All(Around.Answers.ContainsKey);

    private bool MayForm(TimeSpan now) =>
        Answering >= Rules.RequiredContactPoints
        && Around.Answers.First().Value.Node == Self
        && now - StableSince >= (AllAnswer ? Rules.StableMargin : Rules.MissingReplicaTimeout);

    /// <summary>Who may still live in a cluster, as the ledger tells; null: nobody.</summary>
    private string? Holder(LedgerMarkObservation watched)
    {
        var mark = watched.Mark;
        if (mark.Version is null || watched.Unchanged >= Rules.Silence || Tried.Contains(mark.Write)) return null;
        // Asked after the ledger was seen so: whoever is about to form a cluster by that claim would not have answered.
        var gone = AllAnswer && Around.Answers.Values.All(answer => answer.Seen - watched.Since >= Rules.AnswerAge)
            && Around.Answers.Values.Any(answer => mark.Node.StartsWith($"{answer.Node}#", StringComparison.Ordinal));
        return gone ? null : mark.Node.Length > 0 ? mark.Node : "another process";
    }

    private FormationStep Waiting(string? say = null) => Saying(KeepProbing.Instance, say);

    private FormationStep Saying(IJoinDecision decision, string? say) => new(say is null ? this : this with { Said = say }, decision, null, say == Said ? null : say);
}

/// <summary>What a look around leads to.</summary>
/// <param name="Next">What is known from now on.</param>
/// <param name="Decision">What Akka.Management's coordinator is told.</param>
/// <param name="Claim">The ledger that is to be claimed for a new cluster; null: none yet.</param>
/// <param name="Say">What a person is told; null: nothing new.</param>
internal sealed record FormationStep(Formation Next, IJoinDecision Decision, LedgerMark? Claim, string? Say);
