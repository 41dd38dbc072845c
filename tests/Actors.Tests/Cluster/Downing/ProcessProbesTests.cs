using Akka.Actor;
using Akka.Cluster;
using AkkaVault.Controller.Cluster.Downing;
using AkkaVault.Shared;
using FsCheck;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Cluster.Downing;

public class ProcessProbesTests
{
    private static readonly UniqueAddress Member = new(Address.Parse("akka.tcp://s@10.0.0.1:2552"), 7);

    private static Transition<ProcessProbes, ProbeEffect> Run(params ProbeInput[] inputs) =>
        inputs.Aggregate(new Transition<ProcessProbes, ProbeEffect>(ProcessProbes.None, []), (last, input) => last.State.Handle(input, 3));

    private static ProbeInput.Tried Tried(ConnectOutcome outcome) => new(Member, outcome);

    [Fact]
    public void A_lost_connection_is_followed_by_a_try_at_once() =>
        Assert.Equal([new ProbeEffect.Connect(Member)], Run(new ProbeInput.Disconnected(Member)).Effects);

    [Fact]
    public void Refused_twice_it_is_gone_and_downed_when_the_cluster_has_seen_it()
    {
        var (once, first) = Run(new ProbeInput.Disconnected(Member), Tried(ConnectOutcome.Refused));
        Assert.Equal([new ProbeEffect.Wait(Member, ProcessProbes.SecondTry)], first);
        var (twice, second) = once.Handle(Tried(ConnectOutcome.Refused), 3);
        Assert.Equal([new ProbeEffect.MarkGone(Member), new ProbeEffect.Wait(Member, ProcessProbes.Interval)], second);
        Assert.Equal([new ProbeEffect.Down(Member)], twice.Handle(new ProbeInput.BecameUnreachable(Member), 3).Effects);
    }

    [Fact]
    public void Unreachable_first_it_is_downed_with_the_second_refusal() => Assert.Equal(
        [new ProbeEffect.MarkGone(Member), new ProbeEffect.Down(Member), new ProbeEffect.Wait(Member, ProcessProbes.Interval)],
        Run(new ProbeInput.BecameUnreachable(Member), Tried(ConnectOutcome.Refused), Tried(ConnectOutcome.Refused)).Effects);

    [Theory]
    [InlineData(nameof(ConnectOutcome.Accepted))]
    [InlineData(nameof(ConnectOutcome.Silent))]
    public void One_that_listens_or_is_silent_is_left_to_the_split_brain_resolver(string name)
    {
        var outcome = Enum.Parse<ConnectOutcome>(name);
        Assert.False(Run(new ProbeInput.Disconnected(Member), Tried(outcome)).State.IsSuspected(Member));
        Assert.Equal([new ProbeEffect.Wait(Member, ProcessProbes.Interval)], Run(new ProbeInput.BecameUnreachable(Member), Tried(outcome)).Effects);
    }

    [Fact]
    public void A_process_that_is_there_again_is_gone_no_more() => Assert.Contains(
        new ProbeEffect.ClearGone(Member),
        Run(new ProbeInput.BecameUnreachable(Member), Tried(ConnectOutcome.Refused), Tried(ConnectOutcome.Refused), Tried(ConnectOutcome.Accepted)).Effects);

    [Theory]
    [InlineData(2, 1, true)]
    [InlineData(3, 1, true)]
    [InlineData(3, 2, false)]
    [InlineData(4, 2, false)]
    [InlineData(5, 2, true)]
    public void A_minority_judges_nobody_since_a_network_that_rejects_looks_the_same_from_both_sides(int members, int refusing, bool judges)
    {
        var others = Enumerable.Range(0, refusing).Select(i => new UniqueAddress(Address.Parse($"akka.tcp://s@10.0.0.{i}:2552"), i)).ToList();
        var (probes, downed) = (ProcessProbes.None, new HashSet<UniqueAddress>());
        foreach (var input in others.Select(ProbeInput (other) => new ProbeInput.BecameUnreachable(other))
            .Concat(Enumerable.Range(0, 4).SelectMany(_ => others.Select(ProbeInput (other) => new ProbeInput.Tried(other, ConnectOutcome.Refused)))))
        {
            (probes, var effects) = probes.Handle(input, members);
            downed.UnionWith(effects.OfType<ProbeEffect.Down>().Select(down => down.Member));
        }

        Assert.Equal(judges ? refusing : 0, downed.Count);
    }

    /// <summary>Any inputs in any order.</summary>
    [Property(MaxTest = 2000)]
    public void Only_who_was_refused_twice_in_a_row_and_is_unreachable_is_downed_and_no_mark_stays_of_a_removed_member(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var (probes, marked, refusals, unreachable) = (ProcessProbes.None, false, 0, false);
        for (var i = 0; i < 60; i++)
        {
            ProbeInput input = random.Next(7) switch
            {
                0 => new ProbeInput.Disconnected(Member),
                1 => new ProbeInput.BecameUnreachable(Member),
                2 => new ProbeInput.BecameReachable(Member),
                3 => new ProbeInput.Removed(Member),
                4 => new ProbeInput.Due(Member),
                _ => Tried((ConnectOutcome)random.Next(3)),
            };
            var suspected = probes.IsSuspected(Member);
            refusals = input is ProbeInput.Tried tried ? (suspected && tried.Outcome == ConnectOutcome.Refused ? refusals + 1 : 0) : refusals;
            unreachable = input switch { ProbeInput.BecameUnreachable => true, ProbeInput.BecameReachable or ProbeInput.Removed => false, _ => unreachable };
            (probes, var effects) = probes.Handle(input, 3);
            if (!probes.IsSuspected(Member)) refusals = 0;
            foreach (var effect in effects)
            {
                Assert.True(effect is not ProbeEffect.Down || (refusals >= 2 && unreachable));
                marked = effect switch { ProbeEffect.MarkGone => true, ProbeEffect.ClearGone => false, _ => marked };
            }

            Assert.Equal(marked, probes.IsGone(Member));
            // A suspected member is not forgotten: a try is under way, or will come.
            if (input is ProbeInput.Tried && probes.IsSuspected(Member)) Assert.Contains(effects, effect => effect is ProbeEffect.Wait);
        }
    }
}
