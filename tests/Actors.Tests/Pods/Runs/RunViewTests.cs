using AkkaVault.Controller.Pods;
using AkkaVault.Controller.Pods.Runs;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Pods.Runs;

/// <summary>What one node tells people of its runs.</summary>
public class RunViewTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);

    [Fact]
    public void A_run_that_Vault_refuses_waits_with_the_reason_and_each_new_try_counts()
    {
        var delivery = Delivery.Begin(Drive("web-0", At)).Delivery;
        var view = RunView.Empty.Stands(delivery, At);
        Assert.Equal((RunState.Issuing, 1, null), Seen(view));
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            delivery = delivery.On(new DeliveryInput.IssueFailed(delivery.Operation, VaultFailure.Permanent, null, new DeliveryProblem("vault-403", "403: permission denied")), At, 0).Delivery;
            Assert.Equal((RunState.Waiting, attempt, "403: permission denied"), Seen(view = view.Stands(delivery, At)));
            delivery = delivery.On(new DeliveryInput.WaitOver(delivery.Operation), At, 0).Delivery;
            Assert.Equal((RunState.Issuing, attempt + 1, "403: permission denied"), Seen(view = view.Stands(delivery, At)));
        }

        delivery = delivery.On(new DeliveryInput.TokenIssued(delivery.Operation, Token("a"), At.AddMinutes(1)), At, 0).Delivery;
        delivery = delivery.On(new DeliveryInput.PushEnded(delivery.Operation, new PushOutcome.Accepted()), At, 0).Delivery;
        view = view.Stands(delivery, At.AddSeconds(9)).Finished(delivery.Target.Run);
        Assert.Empty(view.InHand);
        var ended = Assert.Single(view.Lines(null, "default", "web-0"));
        Assert.Equal((RunState.Ended, 4, null, RunOutcome.Delivered, At.AddSeconds(9)), (ended.State, ended.Attempts, ended.LastError, ended.Outcome, ended.EndedAt));
    }

    [Fact]
    public void What_is_handed_over_is_nobodys_here_unless_it_was_delivered()
    {
        var delivered = Pushed("web-0").On(new DeliveryInput.PushEnded(2, new PushOutcome.Accepted()), At, 0).Delivery;
        var view = RunView.Empty.Stands(Pushed("web-1"), At).Stands(delivered, At).LetGo(RunOf("web-0")).LetGo(RunOf("web-1"));
        Assert.Empty(view.InHand);
        Assert.Equal("web-0", Assert.Single(view.Ended).Pod);
    }

    [Fact]
    public void An_actor_that_only_revokes_what_another_left_is_told_of_by_the_ledger()
    {
        var run = RunOf("web-0");
        var dropped = Delivery.BeginDropped(run, new DeliveryInput.Drop([new OutstandingWrap("a", At)])).Delivery;
        var ledger = Ledger.Empty.Apply(new Accepted(Target("web-0"), At, "1")).Apply(new Abandoned(run, "gone", "2"));
        var line = Assert.Single(RunView.Empty.Stands(dropped, At).Lines(ledger));
        Assert.Equal(("web-0", RunState.Dropped, false), (line.Pod, line.State, line.Begun));
    }

    [Fact]
    public void The_ledger_tells_of_what_nobody_has_begun_and_the_longest_waiting_comes_first()
    {
        var ledger = new[] { ("late", 3), ("first", 1), ("second", 2) }.Aggregate(Ledger.Empty, (known, pod) => known.Apply(new Accepted(Target(pod.Item1), At.AddSeconds(pod.Item2), "1")));
        var view = RunView.Empty.Stands(Delivery.Begin(Drive("second", At.AddSeconds(2))).Delivery, At);
        Assert.Equal(
            [("first", RunState.Accepted, 0), ("second", RunState.Issuing, 1), ("late", RunState.Accepted, 0)],
            view.Lines(ledger).Select(line => (line.Pod, line.State, line.Attempts)));
        // One that has its secret while its init container still runs is not in hand, and not forgotten.
        ledger = ledger.Apply(new Delivered(RunOf("late"), [], "2"));
        Assert.Equal(["first", "second"], view.Lines(ledger).Select(line => line.Pod));
        Assert.Equal((RunState.Ended, RunOutcome.Delivered), Assert.Single(view.Lines(ledger, "default", "late").Select(line => (line.State, line.Outcome))));
        Assert.Equal(RunState.Issuing, Assert.Single(view.Lines(ledger, "default", "second")).State);
    }

    [Fact]
    public void Only_the_last_that_ended_are_remembered()
    {
        var view = RunView.Empty;
        for (var i = 0; i < RunView.MostEnded + 5; i++)
        {
            view = view.Stands(Pushed($"web-{i}").On(new DeliveryInput.Drop([]), At, 0).Delivery, At).Finished(RunOf($"web-{i}"));
        }

        Assert.Equal(RunView.MostEnded, view.Ended.Count);
        Assert.Equal(("web-5", RunOutcome.Gone), (view.Ended[0].Pod, view.Ended[0].Outcome));
    }

    /// <summary>Whatever happens to the deliveries of a node, in whatever order.</summary>
    [Property(MaxTest = 300)]
    public void The_view_has_exactly_what_pod_actors_have_and_every_end_has_an_outcome(int seed, byte steps)
    {
        var random = new Random(seed);
        var (view, deliveries, now) = (RunView.Empty, new Dictionary<RunId, Delivery>(), At);
        for (var i = 0; i < steps * 4; i++)
        {
            now = now.AddSeconds(random.Next(40));
            var pod = $"web-{random.Next(4)}";
            var (run, known) = (RunOf(pod), deliveries.GetValueOrDefault(RunOf(pod)));
            if (random.Next(20) == 0)
            {
                deliveries.Remove(run);
                view = view.LetGo(run);
                continue;
            }

            if (known is null && random.Next(3) > 0) continue;
            var step = known is null ? Delivery.Begin(Drive(pod, now)) : known.On(Input(random, known, now), now, 0);
            deliveries[run] = step.Delivery;
            view = view.Stands(step.Delivery, now);
            if (!step.Effects.Any(effect => effect is DeliveryEffect.Finish)) continue;
            deliveries.Remove(run);
            view = view.Finished(run);
        }

        Assert.Equal(
            deliveries.Values.Select(delivery => ($"{delivery.Phase}", delivery.Trouble.Last?.Text ?? "", delivery.Trouble.Last?.Code ?? "")).Order(),
            view.InHand.Values.Select(line => ($"{line.State}", line.LastError ?? "", line.LastErrorCode ?? "")).Order());
        Assert.All(view.InHand.Values, line => Assert.True(line.Begun && (line.EndedAt is null) == (line.Outcome is null)));
        Assert.All(view.Ended, line => Assert.True(line is { State: RunState.Ended, Outcome: not null } && line.EndedAt >= line.SeenAt));
    }

    private static DeliveryInput Input(Random random, Delivery delivery, DateTimeOffset now) => random.Next(12) switch
    {
        0 => new DeliveryInput.Drop([]),
        1 => new DeliveryInput.Settle(),
        2 => new DeliveryInput.IssueFailed(delivery.Operation, VaultFailure.Transient, null, new DeliveryProblem("vault-503", "503")),
        3 => new DeliveryInput.PushEnded(delivery.Operation, new PushOutcome.NotListening("refused")),
        4 => new DeliveryInput.PushEnded(delivery.Operation, new PushOutcome.Rejected(400, PushRejection.ExpiredToken)),
        5 => new DeliveryInput.PushEnded(delivery.Operation, new PushOutcome.Accepted()),
        6 or 7 when delivery.IssuesUnderWay > 0 => new DeliveryInput.TokenIssued(delivery.Operation, Token($"a{random.Next()}"), now.AddMinutes(1)),
        8 when !delivery.Revoking.IsEmpty => new DeliveryInput.Revoked(delivery.Revoking[0].Accessor, true),
        9 => new DeliveryInput.Drive(delivery.Target, delivery.SeenAt, []),
        _ => new DeliveryInput.WaitOver(delivery.Operation),
    };

    private static (RunState State, int Attempts, string? Error) Seen(RunView view)
    {
        var line = Assert.Single(view.Lines(null));
        return (line.State, line.Attempts, line.LastError);
    }

    private static Delivery Pushed(string pod)
    {
        var delivery = Delivery.Begin(Drive(pod, At)).Delivery;
        return delivery.On(new DeliveryInput.TokenIssued(delivery.Operation, Token("a"), At.AddMinutes(1)), At, 0).Delivery;
    }

    private static RunId RunOf(string pod) => new($"uid-{pod}", "containerd://1");

    private static DeliveryTarget Target(string pod) => new(RunOf(pod), "default", pod, "10.1.0.5", "web", "node-1", At);

    private static DeliveryInput.Drive Drive(string pod, DateTimeOffset seenAt) => new(Target(pod), seenAt, []);

    private static WrappingToken Token(string accessor) => new("s.secret", accessor, TimeSpan.FromMinutes(1), At, "auth/approle/role/web/secret-id");
}
