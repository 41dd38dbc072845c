using AkkaVault.Shared;
using AkkaVault.Shared.Push;
using DeliveryTransition = AkkaVault.Shared.Transition<AkkaVault.Controller.Deliveries.Delivery, AkkaVault.Controller.Deliveries.DeliveryEffect>;

namespace AkkaVault.Controller.Deliveries;

/// <summary>What is pushed, and what the answer means.</summary>
internal sealed partial record Delivery
{
    // A sidecar accepts its next delivery up to 10 % of the time early. The controllers come up to 8 % early, so that deliveries that are due
    // together are spread; the other 2 % are for clocks and rounding.
    private const double EarliestRedelivery = 0.92;

    private DeliveryTransition HandlePushEnded(PushOutcome outcome, DateTimeOffset now, double jitter)
    {
        var issued = Tokens.InUse!;
        switch (outcome)
        {
            case PushOutcome.Succeeded succeeded:
                return (this with { Tokens = Tokens.Resolve(issued.Token.Accessor) }).ThenDelivered(succeeded.NextDelivery, now, jitter);
            case PushOutcome.Rejected { Reason: PushRejection.AlreadyServed } served:
                // An earlier push was accepted, and its answer was lost. Nobody else can have served the pod: that takes a secret_id of its role.
                return ThenRevokeTokenInUse().Then(d => d.ThenDelivered(served.NextDelivery, now, jitter));
            case PushOutcome.NotListening refused:
                return ThenRecordFailedPush(DeliveryProblem.Of(refused)).Then(d => d.ThenRetryPush(Backoff.NotListening, jitter));
            case PushOutcome.NoAnswer unanswered:
                return (this with { HadUnansweredPush = true, Tokens = Tokens with { InUse = issued with { MayBeKnownToPod = true } } })
                    .ThenRecordFailedPush(DeliveryProblem.Of(unanswered)).Then(d => d.ThenRetryPush(Backoff.Standard, jitter));
            case PushOutcome.TooLate:
                return ThenRecordFailedPush(DeliveryProblem.TooLate).Then(d => d.ThenRevokeTokenInUse()).Then(d => d.ThenIssue());
            case PushOutcome.Rejected rejected:
                return ThenCount(ProblemCode.Of(rejected))
                    .Then(d => PushRules.MayBeTheft(rejected.Reason, issued, now) ? d.ThenSuspectTheft(issued) : d.Do())
                    .Then(d => PushRules.IsSpent(rejected.Reason) ? d.ThenRevokeTokenInUse() : d.Do())
                    .Then(d => d.ThenRecordProblem(DeliveryProblem.Of(rejected), PushRules.IsStuck(rejected.Reason)))
                    .Then(d => d.ThenRetryPush(Backoff.Standard, jitter));
            default:
                throw new ArgumentOutOfRangeException(nameof(outcome), outcome.GetType().Name, "not a push outcome");
        }
    }

    private DeliveryTransition ThenPushOrIssue(DateTimeOffset now) => Tokens.InUse switch
    {
        null => ThenIssue(),
        var issued => issued.IsFresh(now) ? ThenPush() : ThenRevokeTokenInUse().Then(d => d.ThenIssue()),
    };

    private DeliveryTransition ThenPush()
    {
        var pushing = this with { State = DeliveryState.Pushing, Operation = Operation + 1, Pushes = Pushes + 1, LastPushed = Tokens.InUse!.Token.Accessor };
        return pushing.Do(new DeliveryEffect.Push(pushing.Operation, Target, Tokens.InUse!, Stalled));
    }

    private DeliveryTransition ThenRetryPush(Backoff backoff, double jitter)
    {
        var failed = this with { PushFailures = PushFailures + 1 };
        return failed.ThenScheduleRetry(backoff.After(failed.PushFailures, jitter));
    }

    private DeliveryTransition ThenDelivered(TimeSpan? nextDelivery, DateTimeOffset now, double jitter)
    {
        var delivered = this with
        {
            State = DeliveryState.Delivered,
            Operation = Operation + 1,
            Warnings = Warnings.Cleared,
            SuspectedThefts = SuspectedThefts.AfterDelivery(),
            NextDeliveryAt = now + (nextDelivery * (EarliestRedelivery + ((1 - EarliestRedelivery) * jitter))),
        };
        // The container of a redelivery started long ago: what it waits for begins when the redelivery is due.
        var waitsSince = IsRedelivery ? SeenAt : Target.StartedAt;
        return delivered.Do(new DeliveryEffect.CountDelivered(now - waitsSince, now - SeenAt, Pushes, IsRedelivery)).Then(d => d.ThenReportDelivered());
    }

    private DeliveryTransition ThenRecordFailedPush(DeliveryProblem problem) => ThenCount(problem.Code).Then(d => d.ThenRecordProblem(problem, atOnce: false));
}
