using Akka.Actor;
using AkkaVault.Controller.Cluster.Serialization;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Runs;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Runs;

/// <summary>A query to all nodes, and their answers.</summary>
public sealed class RunQueryTests : IDisposable
{
    private const int FrameBytes = 128_000;
    private const int BytesOfEnvelope = 1_000;
    private static readonly DateTimeOffset At = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private readonly ActorSystem _system = ActorSystem.Create("query");

    public void Dispose() => _system.Dispose();

    [Fact]
    public void The_node_that_serves_a_run_knows_it_best_and_the_ledger_only_what_nobody_has_begun()
    {
        var query = Asked(GetRuns.Unfinished, "a", "b")
            .Handle(Part("a", Line("one", 2, DeliveryState.Pending, 0), Line("two", 1, DeliveryState.Pending, 0)))
            .Handle(Part("b", Line("one", 2, DeliveryState.Waiting, 3)));
        Assert.True(query.IsComplete);
        Assert.Equal([("two", DeliveryState.Pending, null), ("one", DeliveryState.Waiting, "b")], query.Result.Runs.Select(run => (run.Summary.Pod, run.Summary.State, run.Node)));
        Assert.Equal((0, 0), (query.Result.Omitted, query.Result.Unanswered.Count));
    }

    [Fact]
    public void The_last_delivery_of_a_run_is_told_whoever_remembers_an_earlier_one()
    {
        var first = Line("web", 1, DeliveryState.Ended) with { Outcome = RunOutcome.Delivered, NextDeliveryAt = At.AddSeconds(60) };
        var another = Line("web", 60, DeliveryState.Pending, 0) with { IsRedelivery = true };
        var pushing = another with { State = DeliveryState.Pushing, Attempts = 1 };
        Assert.Equal((DeliveryState.Pending, null), Told(Part("a", first), Part("b", another)));
        Assert.Equal((DeliveryState.Pushing, "c"), Told(Part("a", first), Part("b", another), Part("c", pushing)));

        static (DeliveryState, string?) Told(params RunsPage[] parts) =>
            Assert.Single(parts.Aggregate(Asked(new GetRuns("default", "web"), "a", "b", "c"), (query, part) => query.Handle(part)).Result.Runs) is var run ? (run.Summary.State, run.Node) : default;
    }

    [Fact]
    public void When_the_next_delivery_is_due_comes_from_the_ledger_though_an_earlier_delivery_is_remembered()
    {
        var remembered = Line("web", 1, DeliveryState.Ended) with { Outcome = RunOutcome.Delivered, NextDeliveryAt = At.AddSeconds(60) };
        // After a change of leader it is not known when the run was delivered.
        var stored = Line("web", 0, DeliveryState.Ended, 0) with { SeenAt = default, Outcome = RunOutcome.Delivered, NextDeliveryAt = At.AddSeconds(120), IsStored = true };
        var run = Assert.Single(Asked(new GetRuns("default", "web"), "a", "b").Handle(Part("a", remembered)).Handle(Part("b", stored)).Result.Runs);
        Assert.Equal((At.AddSeconds(120), 1, "a"), (run.Summary.NextDeliveryAt, run.Summary.Attempts, run.Node));
        // It asked for no other one.
        run = Assert.Single(Asked(new GetRuns("default", "web"), "a", "b").Handle(Part("a", remembered)).Handle(Part("b", stored with { NextDeliveryAt = null })).Result.Runs);
        Assert.Null(run.Summary.NextDeliveryAt);
    }

    [Fact]
    public void The_history_of_a_pod_comes_newest_first()
    {
        var query = Asked(new GetRuns("default", "web"), "a").Handle(Part("a", Line("x", 1, DeliveryState.Ended), Line("y", 3, DeliveryState.Waiting), Line("z", 2, DeliveryState.Ended)));
        Assert.Equal(["y", "z", "x"], query.Result.Runs.Select(run => run.Summary.Pod));
    }

    [Fact]
    public void A_node_that_does_not_answer_in_full_is_named_and_what_it_sent_is_kept()
    {
        var part = Part("b", Line("one", 1, DeliveryState.Waiting)) with { Sent = 2, Known = 2 };
        var query = Asked(GetRuns.Unfinished, "a", "b", "c").Handle(Part("c")).Handle(part).Handle(Part("stranger", Line("two", 1, DeliveryState.Waiting)));
        Assert.False(query.IsComplete);
        Assert.Equal(["a", "b"], query.Result.Unanswered);
        Assert.Equal("one", Assert.Single(query.Result.Runs).Summary.Pod);
    }

    [Fact]
    public void Of_five_thousand_runs_the_thousand_that_have_waited_longest_are_shown_and_the_others_are_counted()
    {
        var all = Enumerable.Range(0, 5000).Select(i => Line($"pod-{i}", i, DeliveryState.Pending, 0)).ToList();
        var query = Asked(GetRuns.Unfinished, "a", "b");
        var parts = RunsPage.Of("a", all).Concat(RunsPage.Of("b", [.. all.Where((_, i) => i % 3 == 0).Select(line => line with { State = DeliveryState.Waiting, Attempts = 2 })])).ToList();
        var result = parts.Aggregate(query, (soFar, part) => soFar.Handle(part)).Result;
        Assert.Equal((1000, 4000, 0), (result.Runs.Count, result.Omitted, result.Unanswered.Count));
        Assert.Equal(all.Take(1000).Select(line => line.Pod), result.Runs.Select(run => run.Summary.Pod));
        Assert.All(result.Runs, (run, i) => Assert.Equal(i % 3 == 0 ? "b" : null, run.Node));
    }

    [Property(MaxTest = 60)]
    public Property Every_part_fits_a_frame_and_together_they_are_the_first_thousand() => Prop.ForAll<NonNull<string>, NonNull<string>, ushort>((role, error, count) =>
    {
        var text = new string('\u00e9', 400);
        var lines = Enumerable.Range(0, count % 1500).Select(i => Longest(i, role.Get + text, error.Get + text)).ToList();
        var parts = RunsPage.Of("akka.tcp://a@b:1", lines).ToList();
        var serializer = new WireSerializer((ExtendedActorSystem)_system);
        Assert.All(parts, part => Assert.InRange(serializer.ToBinary(part).Length, 1, FrameBytes - BytesOfEnvelope));
        Assert.Equal(lines.Take(GetRuns.MaxRuns), parts.SelectMany(part => part.Runs));
        Assert.All(parts, part => Assert.Equal((Math.Min(lines.Count, GetRuns.MaxRuns), lines.Count), (part.Sent, part.Known)));
    });

    private static RunSummary Longest(int number, string role, string error)
    {
        var target = new DeliveryTarget(new RunId($"uid-{number}", new string('c', 74)), "default", "web", "10.1.0.5", role, "node", At);
        var told = RunSummary.Of(target, At, DeliveryState.Waiting).WithProblem(new DeliveryProblem(new string('-', 40), error));
        return told with { IsRedelivery = true, NextDeliveryAt = At.AddTicks(1), IsStored = true };
    }

    private static RunQuery Asked(GetRuns question, params string[] nodes) => RunQuery.Of(question, nodes);

    private static RunsPage Part(string node, params RunSummary[] lines) => Assert.Single(RunsPage.Of(node, lines));

    private static RunSummary Line(string pod, int second, DeliveryState state, int attempts = 1) =>
        new(new RunId($"uid-{pod}", "containerd://1"), "default", pod, "web", state, attempts, null, At.AddSeconds(second), null, null);
}
