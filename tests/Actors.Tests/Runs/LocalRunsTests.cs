using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Runs;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;
using FsCheck;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Runs;

/// <summary>What one node knows about its runs.</summary>
public class LocalRunsTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);

    [Fact]
    public void A_run_that_Vault_refuses_waits_with_the_reason_and_each_retry_counts()
    {
        var delivery = Delivery.Begin(Assign("web-0", At)).State;
        var view = LocalRuns.Empty.Updated(delivery, At);
        Assert.Equal((DeliveryState.Issuing, 1, null), Seen(view));
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            delivery = delivery.Handle(new DeliveryInput.IssueFailed(delivery.Operation, VaultFailure.Permanent, null, new DeliveryProblem("vault-403", "403: permission denied")), At, 0).State;
            Assert.Equal((DeliveryState.Waiting, attempt, "403: permission denied"), Seen(view = view.Updated(delivery, At)));
            delivery = delivery.Handle(new DeliveryInput.RetryDue(delivery.Operation), At, 0).State;
            Assert.Equal((DeliveryState.Issuing, attempt + 1, "403: permission denied"), Seen(view = view.Updated(delivery, At)));
        }

        delivery = delivery.Handle(new DeliveryInput.TokenIssued(delivery.Operation, new IssuedToken(Token("a"), At.AddMinutes(1))), At, 0).State;
        delivery = delivery.Handle(new DeliveryInput.PushEnded(delivery.Operation, new PushOutcome.Succeeded()), At, 0).State;
        view = view.Updated(delivery, At.AddSeconds(9)).Finished(delivery.Target.Run);
        Assert.Empty(view.Unfinished);
        var ended = Assert.Single(view.Summaries(null, "default", "web-0"));
        Assert.Equal((DeliveryState.Ended, 4, null, RunOutcome.Delivered, At.AddSeconds(9)), (ended.State, ended.Attempts, ended.LastError, ended.Outcome, ended.EndedAt));
    }

    [Fact]
    public void A_run_that_is_unassigned_is_forgotten_unless_it_was_delivered()
    {
        var delivered = Pushed("web-0").Handle(new DeliveryInput.PushEnded(2, new PushOutcome.Succeeded()), At, 0).State;
        var view = LocalRuns.Empty.Updated(Pushed("web-1"), At).Updated(delivered, At).Unassigned(RunOf("web-0")).Unassigned(RunOf("web-1"));
        Assert.Empty(view.Unfinished);
        Assert.Equal("web-0", Assert.Single(view.Ended).Pod);
    }

    [Fact]
    public void A_run_whose_pod_actor_only_revokes_tokens_is_known_from_the_ledger()
    {
        var run = RunOf("web-0");
        var cancelled = Delivery.BeginCancelled(run, new DeliveryInput.Cancel([new PendingRevocation("a", At)])).State;
        var ledger = RunLedger.Empty.Apply(new Added(Target("web-0"), At, "1")).Apply(new Cancelled(run, "gone", "2"));
        var line = Assert.Single(LocalRuns.Empty.Updated(cancelled, At).Summaries(ledger));
        Assert.Equal(("web-0", DeliveryState.Cancelled, false), (line.Pod, line.State, line.IsStarted));
    }

    [Fact]
    public void Runs_that_nobody_has_begun_come_from_the_ledger_and_the_longest_waiting_is_first()
    {
        var ledger = new[] { ("late", 3), ("first", 1), ("second", 2) }.Aggregate(RunLedger.Empty, (known, pod) => known.Apply(new Added(Target(pod.Item1), At.AddSeconds(pod.Item2), "1")));
        var view = LocalRuns.Empty.Updated(Delivery.Begin(Assign("second", At.AddSeconds(2))).State, At);
        Assert.Equal(
            [("first", DeliveryState.Pending, 0), ("second", DeliveryState.Issuing, 1), ("late", DeliveryState.Pending, 0)],
            view.Summaries(ledger).Select(line => (line.Pod, line.State, line.Attempts)));
        // A run that has its secret is over while its init container still runs. It stays known.
        ledger = ledger.Apply(new Delivered(RunOf("late"), [], "2"));
        Assert.Equal(["first", "second"], view.Summaries(ledger).Select(line => line.Pod));
        Assert.Equal((DeliveryState.Ended, RunOutcome.Delivered), Assert.Single(view.Summaries(ledger, "default", "late").Select(line => (line.State, line.Outcome))));
        Assert.Equal(DeliveryState.Issuing, Assert.Single(view.Summaries(ledger, "default", "second")).State);
    }

    [Fact]
    public void A_redelivery_is_another_delivery_of_the_run_with_attempts_of_its_own()
    {
        var served = Pushed("web-0").Handle(new DeliveryInput.PushEnded(2, new PushOutcome.Succeeded(TimeSpan.FromHours(1))), At, 1).State;
        var view = LocalRuns.Empty.Updated(served, At);
        Assert.Equal(At.AddHours(1), Assert.Single(view.Summaries(null, "default", "web-0")).NextDeliveryAt);

        var due = At.AddHours(1);
        var again = served.Handle(new DeliveryInput.Assign(Target("web-0"), due, [], IsRedelivery: true), due, 0).State;
        view = view.Updated(again, due);
        var told = Assert.Single(view.Summaries(null, "default", "web-0"));
        Assert.Equal((DeliveryState.Issuing, 1, true, due, null, null), (told.State, told.Attempts, told.IsRedelivery, told.SeenAt, told.NextDeliveryAt, told.Outcome));
    }

    [Fact]
    public void After_a_change_of_leader_a_served_run_is_told_to_whoever_knows_its_name()
    {
        var ledger = LedgerSnapshot.Of(RunLedger.Empty.Apply(new Added(Target("web-0"), At, "1")).Apply(new Delivered(RunOf("web-0"), [], "2", At.AddHours(1)))).ToLedger();
        Assert.Empty(LocalRuns.Empty.Summaries(ledger, "default", "web-0"));
        var told = Assert.Single(LocalRuns.Empty.Summaries(ledger, "default", "web-0", RunOf("web-0")));
        Assert.Equal((RunOf("web-0"), "default", "web-0", DeliveryState.Ended, RunOutcome.Delivered, At.AddHours(1)), (told.Run, told.Namespace, told.Pod, told.State, told.Outcome, told.NextDeliveryAt));
        Assert.Empty(LocalRuns.Empty.Summaries(ledger, "default", "web-0", RunOf("web-1")));
        // The watch has told which pod it is.
        var known = ledger.Handle(new LedgerInput.PodWatched(new AkkaVault.Controller.Ledger.PodWatchItem.Listed(new ObservedPod("uid-web-0", Target("web-0"), ""))), At).State;
        Assert.Equal(At.AddHours(1), Assert.Single(LocalRuns.Empty.Summaries(known, "default", "web-0", RunOf("web-0"))).NextDeliveryAt);
    }

    [Theory]
    [InlineData("u/containerd://1", "u", "containerd://1")]
    [InlineData("u/", null, null)]
    [InlineData("/c", null, null)]
    [InlineData("u", null, null)]
    public void The_name_of_a_run_is_read_as_it_is_written(string text, string? uid, string? container) => Assert.Equal(uid is null ? null : new RunId(uid, container!), RunId.Parse(text));

    [Fact]
    public void Only_the_last_that_ended_are_remembered()
    {
        var view = LocalRuns.Empty;
        for (var i = 0; i < LocalRuns.MaxEnded + 5; i++)
        {
            view = view.Updated(Pushed($"web-{i}").Handle(new DeliveryInput.Cancel([]), At, 0).State, At).Finished(RunOf($"web-{i}"));
        }

        Assert.Equal(LocalRuns.MaxEnded, view.Ended.Count);
        Assert.Equal(("web-5", RunOutcome.Cancelled), (view.Ended[0].Pod, view.Ended[0].Outcome));
    }

    /// <summary>Any inputs to the deliveries of a node, in any order.</summary>
    [Property(MaxTest = 300)]
    public void The_view_has_exactly_what_pod_actors_have_and_every_end_has_an_outcome(DoNotSize<int> seed, byte steps)
    {
        var random = new Random(seed.Item);
        var (view, deliveries, now) = (LocalRuns.Empty, new Dictionary<RunId, Delivery>(), At);
        for (var i = 0; i < steps * 4; i++)
        {
            now = now.AddSeconds(random.Next(40));
            var pod = $"web-{random.Next(4)}";
            var (run, known) = (RunOf(pod), deliveries.GetValueOrDefault(RunOf(pod)));
            if (random.Next(20) == 0)
            {
                deliveries.Remove(run);
                view = view.Unassigned(run);
                continue;
            }

            if (known is null && random.Next(3) > 0) continue;
            var step = known is null ? Delivery.Begin(Assign(pod, now)) : known.Handle(Input(random, known, now), now, 0);
            deliveries[run] = step.State;
            view = view.Updated(step.State, now);
            if (!step.Effects.Any(effect => effect is DeliveryEffect.Finish)) continue;
            deliveries.Remove(run);
            view = view.Finished(run);
        }

        Assert.Equal(
            deliveries.Values.Select(delivery => ($"{delivery.State}", delivery.Warnings.Last?.Text ?? "", delivery.Warnings.Last?.Code ?? "")).Order(),
            view.Unfinished.Values.Select(line => ($"{line.State}", line.LastError ?? "", line.LastErrorCode ?? "")).Order());
        Assert.All(view.Unfinished.Values, line => Assert.True(line.IsStarted && (line.EndedAt is null) == (line.Outcome is null)));
        Assert.All(view.Ended, line => Assert.True(line is { State: DeliveryState.Ended, Outcome: not null } && line.EndedAt >= line.SeenAt));
    }

    private static DeliveryInput Input(Random random, Delivery delivery, DateTimeOffset now) => random.Next(12) switch
    {
        0 => new DeliveryInput.Cancel([], IsCompleted: random.Next(2) == 0),
        1 => new DeliveryInput.Ack(),
        2 => new DeliveryInput.IssueFailed(delivery.Operation, VaultFailure.Transient, null, new DeliveryProblem("vault-503", "503")),
        3 => new DeliveryInput.PushEnded(delivery.Operation, new PushOutcome.NotListening("refused")),
        4 => new DeliveryInput.PushEnded(delivery.Operation, new PushOutcome.Rejected(400, PushRejection.ExpiredToken)),
        5 => new DeliveryInput.PushEnded(delivery.Operation, new PushOutcome.Succeeded()),
        6 or 7 when delivery.IssuesUnderWay > 0 => new DeliveryInput.TokenIssued(delivery.Operation, new IssuedToken(Token($"a{random.Next()}"), now.AddMinutes(1))),
        8 when !delivery.Tokens.Revocations.IsEmpty => new DeliveryInput.Revoked(delivery.Tokens.Revocations[0].Accessor, true),
        9 => new DeliveryInput.Assign(delivery.Target, delivery.SeenAt, []),
        _ => new DeliveryInput.RetryDue(delivery.Operation),
    };

    private static (DeliveryState State, int Attempts, string? Error) Seen(LocalRuns view)
    {
        var line = Assert.Single(view.Summaries(null));
        return (line.State, line.Attempts, line.LastError);
    }

    private static Delivery Pushed(string pod)
    {
        var delivery = Delivery.Begin(Assign(pod, At)).State;
        return delivery.Handle(new DeliveryInput.TokenIssued(delivery.Operation, new IssuedToken(Token("a"), At.AddMinutes(1))), At, 0).State;
    }

    private static RunId RunOf(string pod) => new($"uid-{pod}", "containerd://1");

    private static DeliveryTarget Target(string pod) => new(RunOf(pod), "default", pod, "10.1.0.5", "web", "node-1", At);

    private static DeliveryInput.Assign Assign(string pod, DateTimeOffset seenAt) => new(Target(pod), seenAt, []);

    private static WrappingToken Token(string accessor) => new("s.secret", accessor, TimeSpan.FromMinutes(1), At, "auth/approle/role/web/secret-id");
}
