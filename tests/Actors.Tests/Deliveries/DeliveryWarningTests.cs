using System.Net;
using System.Reflection;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Shared;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;
using FsCheck;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>When a person is warned that a pod has no secret.</summary>
public class DeliveryWarningTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly DeliveryTarget s_target = new(new RunId("uid", "containerd://1"), "default", "web", "10.0.0.1", "web", "node", default);

    /// <summary>Each way in which a push can fail, and the code of its warning.</summary>
    private static readonly (PushOutcome Outcome, string Code)[] s_failures =
    [
        (new PushOutcome.NotListening("refused"), "not-listening"),
        (new PushOutcome.NotListening("no route", ProblemCode.NoAnswer), "no-answer"),
        (new PushOutcome.NoAnswer("silence"), "no-answer"),
        (new PushOutcome.NoAnswer("no TLS", ProblemCode.NotTls), "not-tls"),
        (new PushOutcome.NoAnswer("a bug", ProblemCode.Unforeseen), "unforeseen"),
        (new PushOutcome.TooLate(), "too-late"),
        (new PushOutcome.Rejected(404, ""), "status-404"),
        (new PushOutcome.Rejected(503, ""), "status-503"),
        .. Reasons.Select(reason => ((PushOutcome)new PushOutcome.Rejected(400, reason, "more"), reason)),
    ];

    private static IEnumerable<string> Reasons => typeof(PushRejection).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(reason => (string)reason.GetRawConstantValue()!).Where(reason => reason != PushRejection.AlreadyServed);

    [Fact]
    public void A_permanent_failure_is_warned_of_at_once_and_only_once() =>
        Assert.Equal([1, 0, 0], WarningsOf(VaultFailure.Permanent, 3));

    [Fact]
    public void A_failure_that_may_pass_is_warned_of_after_six_tries() =>
        Assert.Equal([0, 0, 0, 0, 0, 1, 0, 0], WarningsOf(VaultFailure.Transient, 8));

    [Fact]
    public void Every_lasting_push_failure_is_warned_of_exactly_once_within_two_minutes() => Assert.All(s_failures, failure =>
    {
        var (at, warning) = Assert.Single(Live(Hour, pushes: (_, _) => failure.Outcome));
        Assert.Equal(failure.Code, warning.Problem.Code);
        Assert.InRange(at, TimeSpan.Zero, TimeSpan.FromMinutes(2));
    });

    [Fact]
    public void Every_lasting_failure_of_Vault_is_warned_of_exactly_once() => Assert.All(Enum.GetValues<VaultFailure>(), failure =>
    {
        var (at, warning) = Assert.Single(Live(Hour, issues: (operation, _) => Failed(operation, failure)));
        Assert.Equal("vault-503", warning.Problem.Code);
        Assert.InRange(at, TimeSpan.Zero, TimeSpan.FromMinutes(2));
    });

    [Fact]
    public void A_Vault_that_never_answers_is_warned_of_once() =>
        Assert.Equal([ProblemCode.VaultAwaited], Codes(Live(Hour, issues: (_, _) => null)));

    [Fact]
    public void A_push_that_never_begins_is_warned_of_once() =>
        Assert.Equal([ProblemCode.PushAwaited], Codes(Live(Hour, pushes: (_, _) => null)));

    [Fact]
    public void A_Vault_so_slow_that_each_wrapping_token_has_expired_when_it_comes_is_warned_of_once() => Assert.Equal(
        [ProblemCode.WrappingTooShort],
        Codes(Live(Hour, issues: (operation, now) => new DeliveryInput.TokenIssued(operation, new IssuedToken(Token(operation, now), now)))));

    [Fact]
    public void An_ordinary_start_gives_no_warning_whatever_fails_during_it() => Assert.All(s_failures.Where(failure => !IsWarnedOfAtOnce(failure.Outcome)), failure =>
        Assert.Empty(Live(Hour, pushes: (_, now) => now - Start < TimeSpan.FromSeconds(20) ? failure.Outcome : new PushOutcome.Succeeded())));

    [Fact]
    public void When_the_reason_changes_the_new_one_is_warned_of_too_for_each_two_of_them()
    {
        foreach (var (first, firstCode) in s_failures)
        {
            foreach (var (second, secondCode) in s_failures)
            {
                var codes = Codes(Live(TimeSpan.FromMinutes(8), pushes: (_, now) => now - Start < TimeSpan.FromMinutes(4) ? first : second));
                Assert.Equal(firstCode == secondCode ? [firstCode] : [firstCode, secondCode], codes);
            }
        }
    }

    [Fact]
    public void Two_reasons_that_take_turns_are_warned_of_once_each_for_each_two_of_them()
    {
        foreach (var (first, firstCode) in s_failures)
        {
            foreach (var (second, secondCode) in s_failures)
            {
                var codes = Codes(Live(TimeSpan.FromMinutes(8), pushes: (push, _) => push % 2 == 0 ? first : second));
                Assert.Equal(new[] { firstCode, secondCode }.Distinct().Order(StringComparer.Ordinal), codes.Order(StringComparer.Ordinal));
            }
        }
    }

    [Fact]
    public void A_new_reason_each_time_is_warned_of_a_few_times_only() =>
        Assert.Equal(DeliveryWarnings.MaxWarnings, Live(Hour, pushes: (push, _) => new PushOutcome.Rejected(300 + push, "")).Count);

    [Fact]
    public void Another_text_is_not_another_reason() =>
        Assert.Single(Live(Hour, pushes: (push, _) => new PushOutcome.Rejected(400, PushRejection.InvalidPush, $"no. {push}")));

    [Fact]
    public void For_another_target_the_same_is_warned_of_again()
    {
        var stuck = Delivery.Begin(new DeliveryInput.Assign(s_target, Start, [])).State.Handle(Failed(1, VaultFailure.Permanent), Start, 0);
        var moved = stuck.State.Handle(new DeliveryInput.Assign(s_target with { Role = "db" }, Start, []), Start, 0);
        Assert.Single(stuck.Effects.OfType<DeliveryEffect.Warn>());
        Assert.Single(moved.Effects.OfType<DeliveryEffect.ScheduleOverdueCheck>());
        Assert.Single(moved.State.Handle(Failed(moved.State.Operation, VaultFailure.Permanent), Start, 0).Effects.OfType<DeliveryEffect.Warn>());
    }

    [Property(MaxTest = 300)]
    public void Whatever_fails_in_any_order_nothing_is_warned_of_twice_and_something_is(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var codes = Codes(Live(
            TimeSpan.FromMinutes(10),
            (operation, now) => random.Next(3) == 0 ? Failed(operation, (VaultFailure)random.Next(4), (HttpStatusCode)random.Next(400, 600)) : new DeliveryInput.TokenIssued(operation, new IssuedToken(Token(operation, now), now.AddMinutes(1))),
            (_, _) => s_failures[random.Next(s_failures.Length)].Outcome));
        Assert.InRange(codes.Count, 1, DeliveryWarnings.MaxWarnings);
        Assert.Equal(codes.Distinct(), codes);
    }

    [Fact]
    public void Every_reason_has_advice() => Assert.All(
        s_failures.Select(failure => failure.Code)
            .Concat(typeof(ProblemCode).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!))
            .Concat(Enumerable.Range(300, 300).Select(status => $"vault-{status}")).Append("something new"),
        code => Assert.Matches(@"[\w)][.?]\z", ProblemAdvice.For(code, "web")));

    [Fact]
    public void Retry_After_is_followed_up_to_a_minute()
    {
        var delivery = Delivery.Begin(new DeliveryInput.Assign(s_target, default, [])).State;
        foreach (var (asked, waited) in new[] { (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)), (TimeSpan.FromDays(1), TimeSpan.FromMinutes(1)) })
        {
            var step = delivery.Handle(new DeliveryInput.IssueFailed(delivery.Operation, VaultFailure.Throttled, asked, new DeliveryProblem("vault-429", "429")), default, 0);
            Assert.Equal(waited, Assert.Single(step.Effects.OfType<DeliveryEffect.ScheduleRetry>()).Delay);
        }
    }

    private static bool IsWarnedOfAtOnce(PushOutcome outcome) => outcome is PushOutcome.Rejected
    {
        Reason: PushRejection.LoginRefused or PushRejection.WriteFailed or PushRejection.WrappingTokenInvalid or PushRejection.WrappingTokenForeign or PushRejection.InvalidPush
            or PushRejection.VaultNotExpected or PushRejection.InternalError or PushRejection.SecretUnreadable,
    };

    private static List<string> Codes(IEnumerable<(TimeSpan At, DeliveryEffect.Warn Warning)> warnings) => [.. warnings.Select(warning => warning.Warning.Problem.Code)];

    private static DeliveryInput.IssueFailed Failed(int operation, VaultFailure failure, HttpStatusCode status = HttpStatusCode.ServiceUnavailable) =>
        new(operation, failure, null, DeliveryProblem.Of(new VaultException("PUT auth/approle/role/web/secret-id", status, ["words"])));

    private static WrappingToken Token(int operation, DateTimeOffset now) => new("s.wrap", $"accessor-{operation}", TimeSpan.FromMinutes(1), now, "auth/approle/role/web/secret-id");

    /// <summary>The warnings of a delivery as time passes. A function that returns null gives no answer.</summary>
    private static List<(TimeSpan At, DeliveryEffect.Warn Warning)> Live(
        TimeSpan duration, Func<int, DateTimeOffset, DeliveryInput?>? issues = null, Func<int, DateTimeOffset, PushOutcome?>? pushes = null)
    {
        var (ahead, warnings, pushed, now) = (new PriorityQueue<DeliveryInput, DateTimeOffset>(), new List<(TimeSpan, DeliveryEffect.Warn)>(), 0, Start);
        var delivery = Take(Delivery.Begin(new DeliveryInput.Assign(s_target, Start, [])));
        while (ahead.TryDequeue(out var input, out now) && now - Start < duration) delivery = Take(delivery.Handle(input, now, 0.5));
        return warnings;

        Delivery Take(Transition<Delivery, DeliveryEffect> step)
        {
            foreach (var effect in step.Effects)
            {
                switch (effect)
                {
                    case DeliveryEffect.Issue issue:
                        if ((issues is null ? new DeliveryInput.TokenIssued(issue.Operation, new IssuedToken(Token(issue.Operation, now), now.AddMinutes(1))) : issues(issue.Operation, now)) is { } issued)
                            ahead.Enqueue(issued, now.AddMilliseconds(10));
                        break;
                    case DeliveryEffect.Push push:
                        if ((pushes is null ? new PushOutcome.Succeeded() : pushes(pushed++, now)) is { } outcome)
                            ahead.Enqueue(new DeliveryInput.PushEnded(push.Operation, outcome), now + (outcome is PushOutcome.TooLate ? TimeSpan.FromSeconds(20) : TimeSpan.FromSeconds(1)));
                        break;
                    case DeliveryEffect.ScheduleRetry wait:
                        ahead.Enqueue(new DeliveryInput.RetryDue(wait.Operation), now + wait.Delay);
                        break;
                    case DeliveryEffect.ScheduleOverdueCheck wait:
                        ahead.Enqueue(new DeliveryInput.OverdueCheckDue(wait.Operation), now + wait.Delay);
                        break;
                    case DeliveryEffect.Revoke revoke:
                        ahead.Enqueue(new DeliveryInput.Revoked(revoke.Accessor, false), now.AddMilliseconds(10));
                        break;
                    case DeliveryEffect.Warn warn:
                        warnings.Add((now - Start, warn));
                        break;
                }
            }

            return step.State;
        }
    }

    private static IEnumerable<int> WarningsOf(VaultFailure failure, int times)
    {
        var delivery = Delivery.Begin(new DeliveryInput.Assign(s_target, default, [])).State;
        for (var i = 0; i < times; i++)
        {
            var failed = delivery.Handle(new DeliveryInput.IssueFailed(delivery.Operation, failure, null, new DeliveryProblem("vault-500", "the same words")), default, 0);
            yield return failed.Effects.OfType<DeliveryEffect.Warn>().Count();
            delivery = failed.State.Handle(new DeliveryInput.RetryDue(failed.State.Operation), default, 0).State;
        }
    }
}
