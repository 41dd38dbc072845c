using System.Collections.Immutable;
using System.Net;
using AkkaVault.Controller.Cluster.Forming;

namespace AkkaVault.Actors.Tests.Cluster;

public class BootstrapTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly ContactPoint One = Point(1), Two = Point(2), Three = Point(3);

    private readonly List<BootstrapEffect> _effects = [];
    private DateTimeOffset _now = Start;
    private Bootstrap _bootstrap = Bootstrap.Begin(new BootstrapRules(3, 2), One, Node(1), Start);

    [Fact]
    public void Addresses_are_ordered_as_numbers_not_as_texts() =>
        Assert.Equal([Point(2), Point(9), Point(10), new ContactPoint(IPAddress.Parse("fd00::1"), 8558)], new[] { new ContactPoint(IPAddress.Parse("fd00::1"), 8558), Point(10), Point(9), Point(2) }.Order());

    [Fact]
    public void Seeds_with_addresses_of_both_families_are_addresses_to_Akka() => Assert.All(
        [Node(1), "akka.tcp://kubernetes-vault@[fd00::1]:2552"], seed => Assert.Equal(seed, Akka.Actor.Address.Parse(seed).ToString()));

    [Fact]
    public void With_all_reachable_the_lowest_forms_a_cluster_after_the_margin_and_a_last_look_around()
    {
        Live(TimeSpan.FromSeconds(4), One, Two, Three);
        Assert.Single(_effects.OfType<BootstrapEffect.Form>());
        Assert.True(_now - Start >= _bootstrap.Rules.StableMargin);
        Assert.True(_bootstrap.IsBusy);
    }

    [Fact]
    public void With_a_majority_reachable_it_takes_more_patience()
    {
        Live(TimeSpan.FromSeconds(7), One, Two);
        Assert.Empty(_effects.OfType<BootstrapEffect.Form>());
        Live(TimeSpan.FromSeconds(3), One, Two);
        Assert.Single(_effects.OfType<BootstrapEffect.Form>());
    }

    [Fact]
    public void One_that_speaks_another_protocol_joins_nobody_forms_nothing_and_says_so_once()
    {
        var seeds = ImmutableSortedSet.Create<string>(StringComparer.Ordinal, "akka.ssl.tcp://kubernetes-vault@10.0.0.2:2552");
        for (var i = 0; i < 200; i++)
        {
            _now += TimeSpan.FromMilliseconds(100);
            foreach (var input in new BootstrapInput[]
            {
                new BootstrapInput.Discovered([One, Two, Three], _now), new BootstrapInput.Answered(One, _now, ContactPointAnswer.Alone),
                new BootstrapInput.Answered(Two, _now, new ContactPointAnswer(false, seeds)), new BootstrapInput.Answered(Three, _now, ContactPointAnswer.Alone),
            })
            {
                var step = _bootstrap.On(input, _now);
                _bootstrap = step.Bootstrap;
                _effects.AddRange(step.Effects);
            }
        }

        Assert.Contains("cluster.tls must be set for all controllers or for none", Assert.IsType<BootstrapEffect.Say>(Assert.Single(_effects)).Message, StringComparison.Ordinal);
        Assert.False(_bootstrap.IsBusy);
    }

    [Fact]
    public void A_minority_never_forms_one()
    {
        Live(TimeSpan.FromMinutes(2), One);
        Assert.Empty(_effects.OfType<BootstrapEffect.Form>());
    }

    [Fact]
    public void Another_than_the_lowest_never_forms_one()
    {
        _bootstrap = Bootstrap.Begin(new BootstrapRules(3, 2), Two, Node(2), Start);
        Live(TimeSpan.FromMinutes(2), One, Two, Three);
        Assert.Empty(_effects.OfType<BootstrapEffect.Form>());
    }

    [Fact]
    public void One_replica_forms_one_at_once()
    {
        _bootstrap = Bootstrap.Begin(new BootstrapRules(1, 1), One, Node(1), Start);
        _allPoints = [One];
        Live(TimeSpan.FromMilliseconds(600), One);
        Assert.Single(_effects.OfType<BootstrapEffect.Form>());
    }

    [Fact]
    public void What_exists_is_joined_at_once_but_not_the_last_incarnation_of_itself()
    {
        Give(new BootstrapInput.Discovered([One, Two, Three], _now));
        Give(new BootstrapInput.Answered(Two, _now, new ContactPointAnswer(false, [Node(1), Node(2), Node(3)])));
        Assert.Equal([Node(2), Node(3)], Assert.Single(_effects.OfType<BootstrapEffect.Join>()).Seeds);
    }

    [Fact]
    public void An_answer_counts_from_when_it_was_asked_for()
    {
        Give(new BootstrapInput.Discovered([One, Two, Three], _now));
        _now += TimeSpan.FromSeconds(5);
        Give(new BootstrapInput.Answered(Two, Start, new ContactPointAnswer(false, [Node(2)])));
        Assert.Empty(_effects.OfType<BootstrapEffect.Join>());
        Assert.Empty(_bootstrap.Reachable);
    }

    [Fact]
    public void While_another_is_about_to_form_one_it_waits()
    {
        _answers = point => point == Two ? ContactPointAnswer.Alone with { Busy = true } : ContactPointAnswer.Alone;
        Live(TimeSpan.FromMinutes(1), One, Two, Three);
        Assert.Empty(_effects.OfType<BootstrapEffect.Form>());
    }

    [Fact]
    public void When_nobody_lets_it_in_it_looks_around_again()
    {
        Give(new BootstrapInput.Discovered([One, Two, Three], _now));
        Give(new BootstrapInput.Answered(Two, _now, new ContactPointAnswer(false, [Node(2)])));
        Assert.Equal(BootstrapPhase.Joining, _bootstrap.Phase);
        Live(_bootstrap.Rules.JoinTimeout + TimeSpan.FromSeconds(5), One, Two, Three);
        Assert.Single(_effects.OfType<BootstrapEffect.Form>());
    }

    private ImmutableSortedSet<ContactPoint> _allPoints = [One, Two, Three];
    private Func<ContactPoint, ContactPointAnswer> _answers = _ => ContactPointAnswer.Alone;

    private void Live(TimeSpan time, params ContactPoint[] reachable)
    {
        for (var until = _now + time; _now < until && _bootstrap.Phase != BootstrapPhase.Forming; _now += TimeSpan.FromMilliseconds(100))
        {
            var asked = _now - TimeSpan.FromMilliseconds(20);
            Give(new BootstrapInput.Discovered(_allPoints, asked));
            foreach (var point in _allPoints)
                Give(reachable.Contains(point) ? new BootstrapInput.Answered(point, asked, _answers(point)) : new BootstrapInput.Silent(point, asked));
        }
    }

    private void Give(BootstrapInput input)
    {
        var step = _bootstrap.On(input, _now);
        _bootstrap = step.Bootstrap;
        _effects.AddRange(step.Effects);
    }

    private static ContactPoint Point(int address) => new(IPAddress.Parse($"10.0.0.{address}"), 8558);

    private static string Node(int address) => $"akka.tcp://s@10.0.0.{address}:2552";
}
