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

    private readonly List<FormationStep> _steps = [];
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
        _formation = _formation.ClaimEnded(true);
        Assert.Same(JoinSelf.Instance, Look(1, 2, 3).Decision);
    }

    [Fact]
    public void With_some_missing_it_takes_more_patience()
    {
        var begun = _now;
        Claimed(1, 2);
        Assert.True(_now - begun >= Rules.MissingReplicaTimeout);
    }

    [Fact]
    public void A_minority_and_another_than_the_lowest_never_form_one()
    {
        Live(TimeSpan.FromMinutes(2), 1);
        (_self, _formation) = (2, Formation.Begin(Rules, Node(2), _now));
        Live(TimeSpan.FromMinutes(2), 1, 2, 3);
        Assert.All(_steps, step => Assert.True(Waits(step)));
    }

    [Fact]
    public void A_ledger_that_changes_holds_it_off_and_one_that_does_not_for_long_enough()
    {
        _mark = Held("akka.tcp://s@10.0.0.9:2552#1", 1);
        for (var version = 1; version < 20; version++)
        {
            _mark = Held("akka.tcp://s@10.0.0.9:2552#1", version);
            Live(TimeSpan.FromSeconds(10), 1, 2, 3);
        }

        Assert.All(_steps, step => Assert.True(Waits(step)));
        // Said once.
        Assert.Equal("akka.tcp://s@10.0.0.9:2552#1 held the ledger last; no cluster is formed until it has not changed for 15 s", Assert.Single(_steps, step => step.Say is not null).Say);
        Assert.Equal(_mark, Claimed(1, 2, 3));
    }

    [Fact]
    public void While_it_cannot_be_read_nobody_forms_one_and_that_time_does_not_count()
    {
        _mark = Held("akka.tcp://s@10.0.0.9:2552#1", 1);
        Live(TimeSpan.FromSeconds(12), 1, 2, 3);
        _mark = null;
        Live(TimeSpan.FromSeconds(60), 1, 2, 3);
        _mark = Held("akka.tcp://s@10.0.0.9:2552#1", 1);
        Live(TimeSpan.FromSeconds(12), 1, 2, 3);
        Assert.All(_steps, step => Assert.True(Waits(step)));
        Claimed(1, 2, 3);
    }

    [Fact]
    public void Who_did_not_look_for_a_while_watches_anew()
    {
        _mark = Held("akka.tcp://s@10.0.0.9:2552#1", 1);
        Live(TimeSpan.FromSeconds(12), 1, 2, 3);
        _now += TimeSpan.FromMinutes(5);
        Live(TimeSpan.FromSeconds(12), 1, 2, 3);
        Assert.All(_steps, step => Assert.True(Waits(step)));
    }

    [Fact]
    public void A_holder_at_whose_address_another_process_answers_is_gone_if_all_answer()
    {
        _mark = Held("akka.tcp://s@10.0.0.2:2552#1", 1);
        var begun = _now;
        Claimed(1, 2, 3);
        Assert.InRange(_now - begun, Rules.AnswerAge, Rules.Silence / 2);
    }

    [Theory]
    [InlineData("akka.tcp://s@10.0.0.2:2552#1", 1, 2)]
    [InlineData("akka.tcp://s@10.0.0.20:2552#1", 1, 2, 3)]
    [InlineData("", 1, 2, 3)]
    public void It_is_not_known_to_be_gone_where_one_is_missing_or_nobody_answers_there(string holder, params int[] answering)
    {
        _mark = Held(holder, 1);
        var begun = _now;
        Claimed(answering);
        Assert.True(_now - begun >= Rules.Silence);
    }

    [Fact]
    public void An_answer_from_before_the_ledger_was_seen_so_tells_nothing()
    {
        _mark = Held("akka.tcp://s@10.0.0.2:2552#1", 1);
        for (var until = _now + TimeSpan.FromSeconds(10); _now < until; _answers--) Assert.True(Waits(Look(1, 2, 3)));
    }

    [Fact]
    public void A_claim_that_is_too_old_is_not_used_and_its_ledger_is_claimed_again_at_once()
    {
        Claimed(1, 2, 3);
        var write = _writes.Last();
        _now += Rules.ClaimIsGood + Tick;
        _formation = _formation.ClaimEnded(true);
        Assert.True(Waits(Look(1, 2, 3)));
        _mark = Held("akka.tcp://s@10.0.0.1:2552#1", 7) with { Write = write };
        var begun = _now;
        Claimed(1, 2, 3);
        Assert.True(_now - begun < TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_claim_that_was_lost_to_another_begins_the_watch_anew()
    {
        Claimed(1, 2, 3);
        _formation = _formation.ClaimEnded(false);
        _mark = Held("akka.tcp://s@10.0.0.9:2552#1", 1);
        Live(TimeSpan.FromSeconds(14), 1, 2, 3);
        Assert.Single(_steps, step => step.Claim is not null);
    }

    [Fact]
    public void What_exists_is_joined_at_once_but_not_the_last_incarnation_of_itself()
    {
        var joined = Assert.IsType<JoinOtherSeedNodes>(Look([1, 2, 3], (2, [1, 2, 3])).Decision);
        Assert.Equal([Node(2), Node(3)], joined.SeedNodes.OrderBy(seed => seed.Host, StringComparer.Ordinal));
        Assert.Equal("joining the cluster of akka.tcp://s@10.0.0.2:2552, akka.tcp://s@10.0.0.3:2552", _steps.Last().Say);
    }

    [Fact]
    public void One_that_speaks_another_protocol_joins_nobody_forms_nothing_and_says_so_once()
    {
        _formation = Formation.Begin(Rules, Address.Parse("akka.ssl.tcp://s@10.0.0.1:2552"), _now);
        for (var i = 0; i < 200; i++) Look([1, 2, 3], (2, [2]));
        Assert.All(_steps, step => Assert.True(Waits(step)));
        Assert.Contains("cluster.tls must be set for all controllers or for none", Assert.Single(_steps, step => step.Say is not null).Say, StringComparison.Ordinal);
    }

    private readonly List<string> _writes = [];

    private static bool Waits(FormationStep step) => step is { Decision: KeepProbing, Claim: null };

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

    private FormationStep Look(params int[] answering) => Look(answering, null);

    private FormationStep Look(int[] answering, (int Node, int[] Seeds)? member)
    {
        _now += Tick;
        _answers++;
        _formation = _mark is { } mark ? _formation.Saw(mark, _now - (Tick / 2), _now) : _formation.SawNothing();
        var answers = answering.ToImmutableSortedDictionary(Point, node => Answer(node, member is { } has && has.Node == node ? has.Seeds : []));
        _writes.Add($"{_writes.Count}");
        var step = _formation.Handle(new ObservedContactPoints([Point(1), Point(2), Point(3)], answers), _writes.Last(), _now);
        _formation = step.Next;
        _steps.Add(step);
        return step;
    }

    private ContactPointAnswer Answer(int node, int[] seeds)
    {
        var observed = DateTimeOffset.UnixEpoch.AddSeconds(_answers);
        var before = _formation.Around.Answers.GetValueOrDefault(Point(node));
        return new ContactPointAnswer(node == _self ? _formation.Self : Node(node), [.. seeds.Select(Node)], observed, before is not null && before.Observed == observed ? before.Seen : _now);
    }

    private static LedgerMark Held(string node, int version) => new(new ObjectVersion("uid", $"{version}"), node, $"of version {version}", version, LedgerRecord.Empty);

    private static ContactPoint Point(int address) => new(IPAddress.Parse($"10.0.0.{address}"), 8558);

    private static Address Node(int address) => Address.Parse($"akka.tcp://s@10.0.0.{address}:2552");
}
