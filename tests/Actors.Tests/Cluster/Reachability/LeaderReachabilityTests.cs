using AkkaVault.Controller.Cluster.Reachability;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Cluster.Reachability;

/// <summary>When a leader that does not reach the API server leaves.</summary>
public class LeaderReachabilityTests
{
    private const int Steps = 9;
    private static readonly LeaderReachabilityEffect? Stay = null;
    private static readonly LeaderReachabilityEffect? Ask = LeaderReachabilityEffect.Ask;
    private static readonly LeaderReachabilityEffect? Leave = LeaderReachabilityEffect.Leave;
    private static readonly TimeSpan Slow = ApiServerProbe.Timeout;

    [Fact]
    public void A_leader_that_alone_does_not_reach_the_API_server_asks_after_twenty_seconds_and_leaves_after_two_rounds()
    {
        var world = new World();
        world.Try(true).Try(false, times: 4);
        Assert.Equal((Stay, 0), (world.Effect, world.Reach.Round));
        world.Try(false);
        Assert.Equal((Ask, 1), (world.Effect, world.Reach.Round));
        world.Hear("b", true).Hear("c", false).Try(false);
        Assert.Equal((Ask, 2), (world.Effect, world.Reach.Round));
        world.Hear("b", true).Hear("c", true).Try(false);
        Assert.Equal(Leave, world.Effect);
        Assert.Equal(["b", "c"], world.Reach.ReachedBy);
        Assert.InRange(world.Now - world.Reach.FailingSince!.Value, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(40));
    }

    [Fact]
    public void Where_no_controller_reaches_it_the_leader_stays_and_asks_again_each_time()
    {
        var world = new World().Try(false, times: 5);
        for (var round = 1; round < 50; round++)
        {
            Assert.Equal((Ask, round), (world.Effect, world.Reach.Round));
            world.Hear("b", false).Hear("c", false).Try(false);
        }
    }

    [Fact]
    public void Where_no_controller_answers_the_leader_stays() => Assert.Equal(Ask, new World().Try(false, times: 100).Effect);

    [Fact]
    public void One_round_is_not_enough()
    {
        var world = Asking().Hear("b", true).Try(false);
        Assert.Equal((Ask, 2), (world.Effect, world.Reach.Round));
        // In the second round no controller reaches the API server, so the count starts again.
        world.Hear("b", false).Try(false).Hear("b", true).Try(false);
        Assert.Equal((Ask, 4), (world.Effect, world.Reach.Round));
        Assert.Equal(Leave, world.Hear("b", true).Try(false).Effect);
    }

    [Fact]
    public void A_try_that_succeeds_starts_it_over()
    {
        var world = Asking().Hear("b", true).Try(false).Hear("b", true).Try(true);
        Assert.Equal((Stay, 0, false), (world.Effect, world.Reach.Failures, world.Reach.Asked));
        world.Try(false, times: 4);
        Assert.Equal(Stay, world.Effect);
    }

    [Fact]
    public void A_try_that_began_before_the_answer_of_another_does_not_count()
    {
        var world = Asking();
        var begun = world.Now;
        world.Wait(Slow).Hear("b", true).End(begun, false);
        Assert.Equal((Stay, 1), (world.Effect, world.Reach.Round));
        Assert.Equal((Ask, 2), (world.Try(false).Effect, world.Reach.Round));
    }

    [Fact]
    public void An_answer_to_an_earlier_round_does_not_count()
    {
        var world = Asking().Hear("b", false).Try(false).Hear("b", true, round: 1).Try(false);
        Assert.Equal((Ask, 3), (world.Effect, world.Reach.Round));
        world.Try(true).Hear("b", true, round: 3).Try(false, times: 5);
        Assert.Equal((Ask, 4), (world.Effect, world.Reach.Round));
        Assert.Empty(world.Hear("b", true, round: 3).Reach.ReachedBy);
    }

    [Fact]
    public void The_time_of_a_pause_does_not_count()
    {
        var world = new World();
        var begun = world.Now;
        world.Wait(TimeSpan.FromMinutes(5)).End(begun, false);
        Assert.Equal(Stay, world.Effect);
        Assert.Equal(Stay, world.Try(false, times: 2).Effect);
        Assert.Equal(Ask, world.Try(false).Effect);
    }

    /// <summary>Every order of nine events after the first question. The leader leaves exactly when two rounds in a row count.</summary>
    [Fact]
    public void It_leaves_only_after_two_rounds_in_a_row_in_each_of_which_another_succeeded_and_then_it_failed()
    {
        var (left, seen) = (0, 0);
        Follow(Asking(), told: 0, heard: false, Steps);
        Assert.True(left > 100, $"{left} of {seen}");

        void Follow(World world, int told, bool heard, int steps)
        {
            seen++;
            if (world.Effect == Leave)
            {
                left++;
                Assert.Equal(LeaderReachability.Rounds, told);
                return;
            }

            Assert.True(told < LeaderReachability.Rounds);
            if (steps == 0) return;
            Follow(world.Copy().Hear("b", true), told, heard: true, steps - 1);
            Follow(world.Copy().Hear("b", false), told, heard, steps - 1);
            Follow(world.Copy().Hear("b", true, world.Reach.Round - 1), told, heard, steps - 1);
            Follow(world.Copy().Try(false), heard ? told + 1 : 0, heard: false, steps - 1);
            // After a success the count starts again, and the remaining steps are too few to leave.
            Assert.Equal(Stay, world.Copy().Try(true).Try(false, times: 4).Effect);
        }
    }

    /// <summary>After an outage for all, however long, one controller reaches the API server some seconds before the other.</summary>
    [Property(MaxTest = 300)]
    public Property After_an_outage_for_all_no_leader_leaves() => Prop.ForAll(
        Gen.Choose(0, 120_000).ToArbitrary(), Gen.Choose(0, 4_000).ToArbitrary(), Gen.Choose(0, 3_000).ToArbitrary(), (away, later, answering) =>
        {
            var world = new World();
            var back = world.Now + TimeSpan.FromMilliseconds(away);
            var mine = back + TimeSpan.FromMilliseconds(later);
            var asked = 0;
            while (world.Now < mine + TimeSpan.FromMinutes(1))
            {
                if (world.Reach.Round > asked)
                {
                    asked = world.Reach.Round;
                    world.Wait(TimeSpan.FromMilliseconds(answering));
                    world.Hear("b", world.Now >= back);
                }

                var begun = world.Now;
                var reached = begun + Slow >= mine;
                if (!reached) world.Wait(Slow);
                if (world.End(begun, reached).Effect == Leave) return false;
                world.Wait(LeaderReachability.Interval);
            }

            return world.Reach.FailingSince is null;
        });

    private static World Asking() => new World().Try(false, times: 5);

    private sealed class World
    {
        public LeaderReachability Reach { get; private set; } = LeaderReachability.Initial;

        public LeaderReachabilityEffect? Effect { get; private set; }

        public TimeSpan Now { get; private set; } = TimeSpan.FromHours(1);

        public World Copy() => new() { Reach = Reach, Effect = Effect, Now = Now };

        public World Wait(TimeSpan time)
        {
            Now += time;
            return this;
        }

        public World Try(bool reached, int times = 1)
        {
            for (; times > 0; times--) Wait(LeaderReachability.Interval).End(Now, reached);
            return this;
        }

        public World End(TimeSpan begun, bool reached)
        {
            (Reach, var effects) = Reach.Handle(new LeaderReachabilityInput.Tried(begun, reached), Now);
            Effect = effects is [var effect] ? effect : null;
            return this;
        }

        public World Hear(string node, bool reached, int? round = null)
        {
            (Reach, _) = Reach.Handle(new LeaderReachabilityInput.Answered(round ?? Reach.Round, node, reached), Now);
            return this;
        }
    }
}
