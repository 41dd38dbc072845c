using System.Collections.Immutable;
using AkkaVault.Controller.Common;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;
using DeliveryTransition = AkkaVault.Controller.Common.Transition<AkkaVault.Controller.Deliveries.Delivery, AkkaVault.Controller.Deliveries.DeliveryEffect>;

namespace AkkaVault.Controller.Deliveries;

/// <summary>
/// The delivery of one run, as a pure state machine: issue, push, retry, until the init container has its secret or the run is
/// over. A push is never sent with a token that is expired, and after a 2xx nothing is pushed for this run again.
/// </summary>
public sealed record Delivery
{
    /// <summary>Failures of Vault in a row after which a person is told, though they may pass.</summary>
    public const int FailuresBeforeWarning = 6;

    private Delivery(DeliveryTarget target, DateTimeOffset seenAt) => (Target, SeenAt) = (target, seenAt);

    /// <summary>The run and where it is.</summary>
    public DeliveryTarget Target { get; private init; }

    /// <summary>When the watcher first saw the run.</summary>
    public DateTimeOffset SeenAt { get; private init; }

    /// <summary>Where it stands.</summary>
    public RunState State { get; private init; }

    /// <summary>Number of the operation under way; answers to older ones are late.</summary>
    public int Operation { get; private init; }

    /// <summary>Issue requests under way: even for a dropped run, their tokens must be known to be revoked.</summary>
    public int IssuesUnderWay { get; private init; }

    /// <summary>The token in use.</summary>
    public IssuedToken? IssuedToken { get; private init; }

    /// <summary>Tokens that are to be revoked.</summary>
    public ImmutableList<PendingRevocation> Revocations { get; private init; } = [];

    /// <summary>The accessors of the last tokens that were delivered or revoked, for reports.</summary>
    public ImmutableList<string> Resolved { get; private init; } = [];

    /// <summary>Failures to issue in a row.</summary>
    public int IssueFailures { get; private init; }

    /// <summary>Failures to push to this target, whatever was issued between them.</summary>
    public int PushFailures { get; private init; }

    /// <summary>Pushes that were begun for this run, to whatever address and with whatever token; the last one is the attempt that is counted.</summary>
    public int Pushes { get; private init; }

    /// <summary>
    /// Whether the last push kept its place for long and for nothing: nobody answered, or the pod could not reach Vault. The next
    /// one is likely to do the same.
    /// </summary>
    public bool Stalled { get; private init; }

    /// <summary>Tokens that may have been stolen; nobody was told yet.</summary>
    public SuspectedThefts SuspectedThefts { get; private init; } = SuspectedThefts.None;

    /// <summary>Failures to revoke in a row.</summary>
    public int RevokeFailures { get; private init; }

    /// <summary>What keeps it from its end, and what of it a person was told.</summary>
    public DeliveryWarnings Warnings { get; private init; } = DeliveryWarnings.None;

    /// <summary>The watcher knows of the delivery.</summary>
    public bool Acked { get; private init; }

    /// <summary>All wrapping tokens that may be alive and undelivered.</summary>
    public ImmutableList<PendingRevocation> PendingRevocations => IssuedToken is { } held ? Revocations.Add(held.PendingRevocation) : Revocations;

    // Each report repeats the last of them, since one may be lost; what is never heard of is revoked once more.
    private const int ResolvedKept = 8;

    /// <summary>A delivery begins: Vault is asked, and what an earlier actor left is revoked.</summary>
    public static DeliveryTransition Begin(DeliveryInput.Assign drive) =>
        new Delivery(drive.Target, drive.SeenAt).ThenRevoke(drive.PendingRevocations).Then(d => d.ThenReportProgress(drive.PendingRevocations)).Then(d => d.ThenIssue()).Then(d => d.ThenScheduleOverdueCheck());

    /// <summary>A run that is over, and that this node knows nothing of: only what it left is to be revoked.</summary>
    public static DeliveryTransition BeginCancelled(RunId run, DeliveryInput.Cancel drop)
    {
        var nowhere = new DeliveryTarget(run, "", "", "", "", "", default);
        return (new Delivery(nowhere, default) with { State = RunState.Cancelled }).ThenRevoke(drop.PendingRevocations).Then(d => d.ThenFinishIfDone());
    }

    /// <summary>The transition function.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">This node's clock.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public DeliveryTransition Handle(DeliveryInput input, DateTimeOffset now, double jitter) => input switch
    {
        DeliveryInput.Assign drive => ThenResolveThefts(SuspectedThefts.KnownBy(drive.PendingRevocations)).Then(d => d.HandleAssign(drive)),
        DeliveryInput.Cancel drop => ThenResolveThefts(SuspectedThefts.KnownBy(drop.PendingRevocations)).Then(d => d.HandleCancel(drop)),
        DeliveryInput.Ack => HandleAck(),
        DeliveryInput.TokenIssued issued => (this with
        {
            IssuesUnderWay = IssuesUnderWay - 1,
            SuspectedThefts = SuspectedThefts.AfterIssue(issued.Issued.Token.Accessor),
        }).HandleIssued(issued, now, jitter),
        DeliveryInput.IssueFailed failed => (this with { IssuesUnderWay = IssuesUnderWay - 1 }).HandleIssueFailed(failed, jitter),
        DeliveryInput.IssueCancelled => (this with { IssuesUnderWay = IssuesUnderWay - 1 }).ThenFinishIfDone(),
        DeliveryInput.PushEnded ended when State == RunState.Pushing && ended.Operation == Operation =>
            (this with { Stalled = PushRules.HasStalled(ended.Outcome, Stalled) }).HandlePushEnded(ended.Outcome, now, jitter),
        DeliveryInput.OverdueCheckDue look when State is RunState.Issuing or RunState.Pushing or RunState.Waiting => HandleOverdueCheck(look.Operation),
        DeliveryInput.RetryDue over when State == RunState.Waiting && over.Operation == Operation => ThenPushOrIssue(now),
        DeliveryInput.Revoked revoked => HandleRevoked(revoked.Accessor, revoked.WasAlive, now),
        DeliveryInput.RevokeFailed failed => HandleRevokeFailed(failed.Accessor, now, jitter),
        DeliveryInput.RevokeRetryDue due when Revocations.Exists(wrap => wrap.Accessor == due.Accessor) => Do(new DeliveryEffect.Revoke(due.Accessor)),
        _ => Do(),
    };

    private DeliveryTransition HandleAssign(DeliveryInput.Assign drive)
    {
        if (State == RunState.Delivered) return ThenReportDelivered();
        if (State != RunState.Cancelled && drive.Target == Target)
            return ThenRevoke(drive.PendingRevocations).Then(d => d.ThenReportProgress(drive.PendingRevocations));

        // Accepted again after a drop, or the pod's address or role has changed: start over.
        return ThenCancelOperation()
            .Then(d => d.ThenRevokeToken())
            .Then(d => d.ThenRevoke(drive.PendingRevocations))
            .Then(d => d.ThenReportProgress(drive.PendingRevocations))
            .Then(d => (d with { Target = drive.Target, SeenAt = drive.SeenAt, IssueFailures = 0, PushFailures = 0, Stalled = false, Acked = false, Warnings = DeliveryWarnings.None }).ThenIssue())
            .Then(d => d.ThenScheduleOverdueCheck());
    }

    private DeliveryTransition HandleCancel(DeliveryInput.Cancel drop)
    {
        return ThenCancelOperation()
            .Then(d => (d with { State = RunState.Cancelled }).ThenRevokeToken())
            .Then(d => d.ThenRevoke(drop.PendingRevocations))
            .Then(d => d.ThenReportUnlessKnown(drop.PendingRevocations))
            .Then(d => d.ThenCloseThefts())
            .Then(d => d.ThenFinishIfDone());
    }

    // It answers our report of the delivery, which came after whatever was found.
    private DeliveryTransition HandleAck() => State == RunState.Delivered
        ? (this with { Acked = true }).ThenResolveThefts(SuspectedThefts.KnownToAll()).Then(d => d.ThenFinishIfDone())
        : Do();

    private DeliveryTransition HandleIssued(DeliveryInput.TokenIssued issued, DateTimeOffset now, double jitter)
    {
        var token = issued.Issued;
        // The run is over, or its target has changed and another request is under way: the token is nobody's.
        if (State != RunState.Issuing || issued.Operation != Operation)
            return ThenRevoke([token.PendingRevocation]).Then(d => d.ThenReportIssued()).Then(d => d.ThenFinishIfDone());

        // Slow Vault or a very short TTL: a token that is all but dead is not worth a push.
        if (!token.IsFresh(now))
            return ThenRevoke([token.PendingRevocation]).Then(d => d.ThenRecordProblem(DeliveryProblem.WrappingTooShort, d.IsWarningDue)).Then(d => d.ThenRetryIssue(Backoff.Standard, jitter));
        return (this with { IssuedToken = token, IssueFailures = 0 }).ThenReportIssued().Then(d => d.ThenPush());
    }

    private DeliveryTransition HandleIssueFailed(DeliveryInput.IssueFailed failed, double jitter)
    {
        if (State != RunState.Issuing || failed.Operation != Operation) return ThenFinishIfDone();
        return failed.Failure == VaultFailure.Permanent
            ? ThenRecordProblem(failed.Problem, atOnce: true).Then(d => d.ThenRetryIssue(Backoff.Slow, jitter))
            : ThenRecordProblem(failed.Problem, IsWarningDue).Then(d => d.ThenRetryIssue(Backoff.Standard, jitter, failed.RetryAfter));
    }

    // What passes by itself has passed by now, or somebody should look.
    private bool IsWarningDue => IssueFailures + 1 >= FailuresBeforeWarning;

    private DeliveryTransition HandleOverdueCheck(int operation) => ThenTell(Warnings.WhenOverdue(State switch
    {
        RunState.Waiting => Warnings.Last,
        _ when operation != Operation => null,
        RunState.Issuing => DeliveryProblem.VaultAwaited,
        _ => Warnings.Last ?? DeliveryProblem.PushAwaited,
    })).Then(d => d.ThenScheduleOverdueCheck());

    private DeliveryTransition HandlePushEnded(PushOutcome outcome, DateTimeOffset now, double jitter)
    {
        var held = IssuedToken!;
        switch (outcome)
        {
            case PushOutcome.Succeeded:
                return (WithResolved(held.Token.Accessor) with { IssuedToken = null }).ThenDelivered(now);
            case PushOutcome.Rejected { Reason: PushRejection.AlreadyServed }:
                // An earlier push of ours got through though its answer did not; only the holder of the role_id's secret can have served it.
                return ThenRevokeToken().Then(d => d.ThenDelivered(now));
            case PushOutcome.NotListening refused:
                return ThenCount(ProblemCode.NotListening).Then(d => d.ThenRecordProblem(DeliveryProblem.Of(refused), atOnce: false)).Then(d => d.ThenRetryPush(Backoff.NotListening, jitter));
            case PushOutcome.NoAnswer silent:
                return (this with { IssuedToken = held with { MayBeKnownToPod = true } }).ThenCount(ProblemCode.NoAnswer)
                    .Then(d => d.ThenRecordProblem(DeliveryProblem.Of(silent), atOnce: false)).Then(d => d.ThenRetryPush(Backoff.Standard, jitter));
            case PushOutcome.TooLate:
                return ThenCount(ProblemCode.TooLate).Then(d => d.ThenRecordProblem(DeliveryProblem.TooLate, atOnce: false)).Then(d => d.ThenRevokeToken()).Then(d => d.ThenIssue());
            case PushOutcome.Rejected rejected:
                var counted = ThenCount(ProblemCode.Of(rejected));
                if (rejected.Reason == PushRejection.WrappingTokenInvalid && !held.MayBeKnownToPod && held.Expires > now)
                    counted = counted.Then(d => (d with { SuspectedThefts = d.SuspectedThefts.Add(new SuspectedTheft(d.Target, held.Token.Accessor, held.Expires)) }).Do());
                if (PushRules.IsSpent(rejected.Reason)) counted = counted.Then(d => d.ThenRevokeToken());
                return counted.Then(d => d.ThenRecordProblem(DeliveryProblem.Of(rejected), PushRules.IsStuck(rejected.Reason))).Then(d => d.ThenRetryPush(Backoff.Standard, jitter));
            default:
                throw new ArgumentOutOfRangeException(nameof(outcome), outcome.GetType().Name, "not a push outcome");
        }
    }

    private DeliveryTransition HandleRevoked(string accessor, bool? wasAlive, DateTimeOffset now) => (WithResolved(accessor) with
    {
        Revocations = Revocations.RemoveAll(wrap => wrap.Accessor == accessor),
        RevokeFailures = 0,
    }).ThenResolveThefts(SuspectedThefts.Answered(accessor, wasAlive, now)).Then(d => d.ThenFinishIfDone());

    private DeliveryTransition HandleRevokeFailed(string accessor, DateTimeOffset now, double jitter)
    {
        if (Revocations.Find(wrap => wrap.Accessor == accessor) is not { } wrap) return Do();
        if (wrap.Expires <= now) return HandleRevoked(accessor, null, now);
        var failed = this with
        {
            RevokeFailures = RevokeFailures + 1,
            SuspectedThefts = SuspectedThefts.Unanswered(accessor),
        };
        return failed.Do(new DeliveryEffect.ScheduleRevokeRetry(accessor, Backoff.Standard.After(failed.RevokeFailures, jitter)));
    }

    private DeliveryTransition ThenCancelOperation() => State switch
    {
        RunState.Pushing => Do(new DeliveryEffect.CancelPush()),
        RunState.Issuing => Do(new DeliveryEffect.CancelIssue(Operation)),
        _ => Do(),
    };

    private DeliveryTransition ThenPushOrIssue(DateTimeOffset now)
    {
        if (IssuedToken is null) return ThenIssue();
        return IssuedToken.IsFresh(now) ? ThenPush() : ThenRevokeToken().Then(d => d.ThenIssue());
    }

    private DeliveryTransition ThenIssue()
    {
        var issuing = this with { State = RunState.Issuing, Operation = Operation + 1, IssuesUnderWay = IssuesUnderWay + 1 };
        return issuing.Do(new DeliveryEffect.Issue(issuing.Operation, Target));
    }

    private DeliveryTransition ThenPush()
    {
        var pushing = this with { State = RunState.Pushing, Operation = Operation + 1, Pushes = Pushes + 1 };
        return pushing.Do(new DeliveryEffect.Push(pushing.Operation, Target, IssuedToken!, Stalled));
    }

    private DeliveryTransition ThenRetryIssue(Backoff backoff, double jitter, TimeSpan? retryAfter = null)
    {
        var failed = this with { IssueFailures = IssueFailures + 1 };
        return failed.ThenScheduleRetry(backoff.AfterAtLeast(failed.IssueFailures, jitter, retryAfter));
    }

    private DeliveryTransition ThenRetryPush(Backoff backoff, double jitter)
    {
        var failed = this with { PushFailures = PushFailures + 1 };
        return failed.ThenScheduleRetry(backoff.After(failed.PushFailures, jitter));
    }

    private DeliveryTransition ThenScheduleRetry(TimeSpan delay)
    {
        var waiting = this with { State = RunState.Waiting, Operation = Operation + 1 };
        return waiting.Do(new DeliveryEffect.Report(new RunProgressed(Target.Run)), new DeliveryEffect.ScheduleRetry(waiting.Operation, delay));
    }

    private DeliveryTransition ThenDelivered(DateTimeOffset now)
    {
        var delivered = this with { State = RunState.Delivered, Operation = Operation + 1, Warnings = Warnings.Cleared };
        return delivered.Do(new DeliveryEffect.CountDelivered(now - Target.StartedAt, now - SeenAt, Pushes)).Then(d => d.ThenReportDelivered());
    }

    /// <summary>Gives up the held token: it is to be revoked.</summary>
    private DeliveryTransition ThenRevokeToken() => IssuedToken is { } held ? (this with { IssuedToken = null }).ThenRevoke([held.PendingRevocation]) : Do();

    private DeliveryTransition ThenRevoke(ImmutableList<PendingRevocation> wraps)
    {
        var fresh = wraps.RemoveAll(wrap => wrap.Accessor == IssuedToken?.Token.Accessor || Revocations.Exists(known => known.Accessor == wrap.Accessor));
        return (this with { Revocations = Revocations.AddRange(fresh) }).Do([.. fresh.Select(wrap => new DeliveryEffect.Revoke(wrap.Accessor))]);
    }

    private DeliveryTransition ThenFinishIfDone()
    {
        var over = State == RunState.Cancelled || (State == RunState.Delivered && Acked);
        return over && IssuesUnderWay == 0 && Revocations.IsEmpty
            ? Do(new DeliveryEffect.Report(new RunEnded(Target.Run, Resolved)), new DeliveryEffect.Finish())
            : Do();
    }

    /// <summary>Whether these are all of ours: what the ledger does not know is revoked by nobody when this node dies.</summary>
    private bool Knows(ImmutableList<PendingRevocation> ledgers) => PendingRevocations.TrueForAll(wrap => ledgers.Exists(known => known.Accessor == wrap.Accessor));

    // The watcher drives again what nobody has answered for.
    private DeliveryTransition ThenReportProgress(ImmutableList<PendingRevocation> ledgers) => Knows(ledgers) ? ThenReport(new RunProgressed(Target.Run)) : ThenReportIssued();

    private DeliveryTransition ThenReportUnlessKnown(ImmutableList<PendingRevocation> ledgers) => Knows(ledgers) ? Do() : ThenReportIssued();

    private DeliveryTransition ThenResolveThefts(SuspectedThefts suspected) => ThenTell(suspected.Resolve());

    private DeliveryTransition ThenCloseThefts() => ThenTell(SuspectedThefts.Close());

    private DeliveryTransition ThenTell((SuspectedThefts Left, ImmutableList<DeliveryEffect> Told) judged) => (this with { SuspectedThefts = judged.Left }).Do(judged.Told);

    private DeliveryTransition ThenReportIssued() => ThenReport(new RunIssued(Target.Run, PendingRevocations, Resolved));

    private DeliveryTransition ThenReportDelivered() => ThenReport(new RunDelivered(Target.Run, PendingRevocations, Resolved));

    private DeliveryTransition ThenReport(IRunReport report) => Do(new DeliveryEffect.Report(report));

    private DeliveryTransition ThenCount(string reason) => Do(new DeliveryEffect.CountPushFailure(reason));

    private DeliveryTransition ThenRecordProblem(DeliveryProblem problem, bool atOnce) => ThenTell(Warnings.With(problem, atOnce));

    private DeliveryTransition ThenTell((DeliveryWarnings Trouble, DeliveryEffect.Warn? Warning) told)
    {
        var after = this with { Warnings = told.Trouble };
        return told.Warning is { } warning ? after.Do(warning) : after.Do();
    }

    private DeliveryTransition ThenScheduleOverdueCheck() => Do(new DeliveryEffect.ScheduleOverdueCheck(Operation, DeliveryWarnings.OverdueAfter));

    private Delivery WithResolved(string accessor) => this with { Resolved = [.. Resolved.Remove(accessor).Add(accessor).TakeLast(ResolvedKept)] };

    private DeliveryTransition Do(params ImmutableList<DeliveryEffect> effects) => new(this, effects);
}
