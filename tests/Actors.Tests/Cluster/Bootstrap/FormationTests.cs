using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.Management.Cluster.Bootstrap;
using AkkaVault.Controller.Cluster.Bootstrap;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;

namespace AkkaVault.Actors.Tests.Cluster.Bootstrap;

public class FormationTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private static readonly FormationRules Rules = new(3, 2);

    private readonly List<Step> _steps = [];
    private TimeSpan _now = TimeSpan.FromDays(1);
    private Formation _formation;
    private LedgerMark? _mark = LedgerMark.None;
    private int _answers;
    private int _self = 1;

    public FormationTests() => _formation = Formation.Begin(Rules, Node(1), _now);

    [Fact]
    public void Addresses_are_ordered_as_numbers_not_as_texts()
    {
        var six = new ContactPoint(IPAddress.Parse("fd00::1"), 8558);
        Assert.Equal([Point(2), Point(9), Point(10), six], new[] { six, Point(10), Point(9), Point(2) }.Order());
    }

    [Fact]
    public void Where_there_is_no_ledger_the_lowest_claims_it_after_the_margin_and_forms_a_cluster()
    {
        var begun = _now;
        Assert.Equal(LedgerMark.None, Claimed(1, 2, 3));
        Assert.InRange(_now - begun, Rules.StableMargin, Rules.StableMargin + (Tick * 2));
        Assert.True(_formation.IsClaiming);
        Assert.True(Waits(Look(1, 2, 3)));
        Handle(new FormationInput.ClaimEnded(true));
        Assert.Same(JoinSelf.Instance, Look(1, 2, 3).Decision);
    }

    [Fact]
    public void Where_a_replica_is_missing_it_waits_longer()
    {
        var begun = _now;
        Claimed(1, 2);
        Assert.True(_now - begun >= Rules.MissingReplicaTimeout);
    }

    [Fact]
    public void Neither_a_minority_nor_a_node_that_is_not_the_lowest_forms_a_cluster()
    {
        Live(TimeSpan.FromMinutes(2), 1);
        (_self, _formation) = (2, Formation.Begin(Rules, Node(2), _now));
        Live(TimeSpan.FromMinutes(2), 1, 2, 3);
        Assert.All(_steps, step => Assert.True(Waits(step)));
    }

    [Fact]
    public void No_cluster_is_formed_until_the_ledger_has_not_changed_for_long_enough()
    {
        _mark = OwnedBy("akka.tcp://s@10.0.0.9:2552#1", 1);
        for (var version = 1; version < 20; version++)
        {
            _mark = OwnedBy("akka.tcp://s@10.0.0.9:2552#1", version);
            Live(TimeSpan.FromSeconds(10), 1, 2, 3);
        }

        Assert.All(_steps, step => Assert.True(Waits(step)));
        // The message is logged once.
        Assert.Equal("akka.tcp://s@10.0.0.9:2552#1 owned the ledger last; no cluster is formed until it has not changed for 15 s", Assert.Single(_steps, step => step.Log is not null).Log);
        Assert.Equal(_mark, Claimed(1, 2, 3));
    }

    [Fact]
    public void While_the_ledger_cannot_be_read_no_cluster_is_formed_and_that_time_does_not_count()
    {
        _mark = OwnedBy("akka.tcp://s@10.0.0.9:2552#1", 1);
        Live(TimeSpan.FromSeconds(12), 1, 2, 3);
        _mark = null;
        Live(TimeSpan.FromSeconds(60), 1, 2, 3);
        _mark = OwnedBy("akka.tcp://s@10.0.0.9:2552#1", 1);
        Live(TimeSpan.FromSeconds(12), 1, 2, 3);
        Assert.All(_steps, step => Assert.True(Waits(step)));
        Claimed(1, 2, 3);
    }

    [Fact]
    public void A_node_that_did_not_read_the_ledger_for_a_while_watches_it_from_the_beginning()
    {
        _mark = OwnedBy("akka.tcp://s@10.0.0.9:2552#1", 1);
        Live(TimeSpan.FromSeconds(12), 1, 2, 3);
        _now += TimeSpan.FromMinutes(5);
        Live(TimeSpan.FromSeconds(12), 1, 2, 3);
        Assert.All(_steps, step => Assert.True(Waits(step)));
    }

    [Fact]
    public void A_holder_at_whose_address_another_process_answers_is_gone_if_all_answer()
    {
        _mark = OwnedBy("akka.tcp://s@10.0.0.2:2552#1", 1);
        var begun = _now;
        Claimed(1, 2, 3);
        Assert.InRange(_now - begun, Rules.AnswerAge, Rules.Silence / 2);
    }

    [Theory]
    [InlineData("akka.tcp://s@10.0.0.2:2552#1", 1, 2)]
    [InlineData("akka.tcp://s@10.0.0.20:2552#1", 1, 2, 3)]
    [InlineData("", 1, 2, 3)]
    public void The_owner_may_live_where_a_replica_is_missing_or_no_process_answers_at_its_address(string owner, params int[] answering)
    {
        _mark = OwnedBy(owner, 1);
        var begun = _now;
        Claimed(answering);
        Assert.True(_now - begun >= Rules.Silence);
    }

    [Fact]
    public void An_answer_older_than_the_ledger_proves_nothing()
    {
        _mark = OwnedBy("akka.tcp://s@10.0.0.2:2552#1", 1);
        for (var until = _now + TimeSpan.FromSeconds(10); _now < until; _answers--) Assert.True(Waits(Look(1, 2, 3)));
    }

    [Fact]
    public void A_claim_that_is_too_old_is_not_used_and_its_ledger_is_claimed_again_at_once()
    {
        Claimed(1, 2, 3);
        var write = _writes.Last();
        _now += Rules.ClaimIsGood + Tick;
        Handle(new FormationInput.ClaimEnded(true));
        Assert.True(Waits(Look(1, 2, 3)));
        _mark = OwnedBy("akka.tcp://s@10.0.0.1:2552#1", 7) with { Write = write };
        var begun = _now;
        Claimed(1, 2, 3);
        Assert.True(_now - begun < TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_node_that_lost_a_claim_to_another_watches_the_ledger_from_the_beginning()
    {
        Claimed(1, 2, 3);
        Handle(new FormationInput.ClaimEnded(false));
        _mark = OwnedBy("akka.tcp://s@10.0.0.9:2552#1", 1);
        Live(TimeSpan.FromSeconds(14), 1, 2, 3);
        Assert.Single(_steps, step => step.Claim is not null);
    }

    [Fact]
    public void A_cluster_that_exists_is_joined_at_once_but_not_through_this_nodes_last_incarnation()
    {
        var joined = Assert.IsType<JoinOtherSeedNodes>(Look([1, 2, 3], (2, [1, 2, 3])).Decision);
        Assert.Equal([Node(2), Node(3)], joined.SeedNodes.OrderBy(seed => seed.Host, StringComparer.Ordinal));
        Assert.Equal("joining the cluster of akka.tcp://s@10.0.0.2:2552, akka.tcp://s@10.0.0.3:2552", _steps.Last().Log);
    }

    [Fact]
    public void A_node_of_another_protocol_neither_joins_nor_forms_a_cluster_and_logs_that_once()
    {
        _formation = Formation.Begin(Rules, Address.Parse("akka.ssl.tcp://s@10.0.0.1:2552"), _now);
        for (var i = 0; i < 200; i++) Look([1, 2, 3], (2, [2]));
        Assert.All(_steps, step => Assert.True(Waits(step)));
        Assert.Contains("cluster.tls must be set for all controllers or for none", Assert.Single(_steps, step => step.Log is not null).Log, StringComparison.Ordinal);
    }

    private readonly List<string> _writes = [];

    private sealed record Step(IJoinDecision Decision, LedgerMark? Claim, string? Log);

    private ImmutableList<FormationEffect> Handle(FormationInput input)
    {
        (_formation, var effects) = _formation.Handle(input, _now);
        return effects;
    }

    private static bool Waits(Step step) => step is { Decision: KeepProbing, Claim: null };

    private LedgerMark Claimed(params int[] answering)
    {
        for (var until = _now + TimeSpan.FromMinutes(1); _now < until;)
        {
            if (Look(answering).Claim is { } claim) return claim;
        }

        throw new InvalidOperationException("it has claimed nothing");
    }

    private void Live(TimeSpan time, params int[] answering)
    {
        for (var until = _now + time; _now < until;) Look(answering);
    }

    private Step Look(params int[] answering) => Look(answering, null);

    private Step Look(int[] answering, (int Node, int[] Seeds)? member)
    {
        _now += Tick;
        _answers++;
        Handle(_mark is { } mark ? new FormationInput.LedgerRead(mark, _now - (Tick / 2)) : new FormationInput.LedgerUnread());
        var answers = answering.ToImmutableSortedDictionary(Point, node => Answer(node, member is { } has && has.Node == node ? has.Seeds : []));
        _writes.Add($"{_writes.Count}");
        var effects = Handle(new FormationInput.DecisionRequested(new ObservedContactPoints([Point(1), Point(2), Point(3)], answers), _writes.Last()));
        var step = new Step(
            effects.OfType<FormationEffect.Decide>().Single().Decision, effects.OfType<FormationEffect.Claim>().SingleOrDefault()?.Mark, effects.OfType<FormationEffect.Log>().SingleOrDefault()?.Progress);
        _steps.Add(step);
        return step;
    }

    private ContactPointAnswer Answer(int node, int[] seeds)
    {
        var observed = DateTimeOffset.UnixEpoch.AddSeconds(_answers);
        var before = _formation.Observed.Answers.GetValueOrDefault(Point(node));
        return new ContactPointAnswer(node == _self ? _formation.Self : Node(node), [.. seeds.Select(Node)], observed, before is not null && before.Observed == observed ? before.Seen : _now);
    }

    private static LedgerMark OwnedBy(string node, int version) => new(new ObjectVersion("uid", $"{version}"), node, $"of version {version}", version, LedgerRecord.Empty);

    private static ContactPoint Point(int address) => new(IPAddress.Parse($"10.0.0.{address}"), 8558);

    private static Address Node(int address) => Address.Parse($"akka.tcp://s@10.0.0.{address}:2552");
}
