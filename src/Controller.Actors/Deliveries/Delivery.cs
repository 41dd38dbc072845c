using System.Collections.Immutable;
using AkkaVault.Shared;
using AkkaVault.Shared.Vault;
using DeliveryTransition = AkkaVault.Shared.Transition<AkkaVault.Controller.Deliveries.Delivery, AkkaVault.Controller.Deliveries.DeliveryEffect>;

namespace AkkaVault.Controller.Deliveries;

/// <summary>
/// The delivery of one run, as a pure state machine: issue, push, retry, until the init container has its secret or the run is
/// over. A push is never sent with a token that is expired, and after a 2xx nothing is pushed for this run again before the watcher
/// assigns the redelivery that the run asked for.
/// </summary>
internal sealed partial record Delivery
{
    /// <summary>After so many failures of Vault in a row a person is warned, though the failures may pass.</summary>
    public const int FailuresBeforeWarning = 6;

    private Delivery(DeliveryTarget target, DateTimeOffset seenAt, bool isRedelivery, int lastOperation) =>
        (Target, SeenAt, IsRedelivery, Operation) = (target, seenAt, isRedelivery, lastOperation);

    /// <summary>The run and where it is.</summary>
    public DeliveryTarget Target { get; private init; }

    /// <summary>When the watcher first saw the run, or when this redelivery was due: it tells the deliveries of a run apart.</summary>
    public DateTimeOffset SeenAt { get; private init; }

    /// <summary>Whether the run was served before, and asked for this delivery.</summary>
    public bool IsRedelivery { get; private init; }

    /// <summary>When the run that is served wants a redelivery, by this node's clock; null: it wants none.</summary>
    public DateTimeOffset? NextDeliveryAt { get; private init; }

    /// <summary>How far it is.</summary>
    public DeliveryState State { get; private init; }

    /// <summary>The number of the operation under way. A result with an older number is stale and ignored.</summary>
    public int Operation { get; private init; }

    /// <summary>Issue requests under way. A cancelled run waits for them, because their tokens are to be revoked.</summary>
    public int IssuesUnderWay { get; private init; }

    /// <summary>Its wrapping tokens.</summary>
    public DeliveryTokens Tokens { get; private init; } = DeliveryTokens.None;

    /// <summary>Failures to issue in a row.</summary>
    public int IssueFailures { get; private init; }

    /// <summary>Failures to push to this target, whatever was issued between them.</summary>
    public int PushFailures { get; private init; }

    /// <summary>Pushes that were begun for this delivery, with any token and to any address. Those of an earlier pod actor that had no answer count as one.</summary>
    public int Pushes { get; private init; }

    /// <summary>The accessor of the token that was pushed last for this delivery; null: none was.</summary>
    public string? LastPushed { get; private init; }

    /// <summary>
    /// Whether the last push took long and failed: nobody answered, or the pod could not reach Vault. The next one is likely to do
    /// the same.
    /// </summary>
    public bool Stalled { get; private init; }

    /// <summary>Tokens that may have been stolen; nobody has been warned yet.</summary>
    public SuspectedThefts SuspectedThefts { get; private init; } = SuspectedThefts.None;

    /// <summary>Whether a push of any token, also one of an earlier pod actor, ended without an answer, so that the init container may have accepted it.</summary>
    public bool HadUnansweredPush { get; private init; }

    /// <summary>Failures to revoke in a row.</summary>
    public int RevokeFailures { get; private init; }

    /// <summary>What keeps the run from its secret, and what people have been warned of.</summary>
    public DeliveryWarnings Warnings { get; private init; } = DeliveryWarnings.None;

    /// <summary>Whether the watcher knows that the run has its secret.</summary>
    public bool Acked { get; private init; }

    // A problem that passes by itself would have passed by now.
    private bool IsWarningDue => IssueFailures + 1 >= FailuresBeforeWarning;

    /// <summary>
    /// Whether the init container may have accepted a push whose answer is on its way or was lost. A sidecar that exits with 0 need not have accepted its redelivery.
    /// </summary>
    public bool MayHaveDelivered => !IsRedelivery && (State == DeliveryState.Pushing || (HadUnansweredPush && State is DeliveryState.Issuing or DeliveryState.Waiting));

    /// <summary>A delivery begins: Vault is asked for a secret, and the tokens of an earlier pod actor are revoked.</summary>
    /// <param name="assign">The watcher's command.</param>
    /// <param name="lastOperation">The pod actor's last <see cref="Operation"/>: its result may come late, and is none of this delivery's.</param>
    public static DeliveryTransition Begin(DeliveryInput.Assign assign, int lastOperation = 0) =>
        new Delivery(assign.Target, assign.SeenAt, assign.IsRedelivery, lastOperation) { HadUnansweredPush = assign.HadUnansweredPush, Pushes = assign.HadUnansweredPush ? 1 : 0 }
            .ThenRevoke(assign.PendingRevocations)
            .Then(d => d.ThenReportProgress(assign.PendingRevocations))
            .Then(d => d.ThenIssue())
            .Then(d => d.ThenScheduleOverdueCheck());

    /// <summary>A run of which this node knows nothing is over: only its tokens are to be revoked.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancel">The watcher's command.</param>
    /// <param name="lastOperation">As for a delivery that begins.</param>
    public static DeliveryTransition BeginCancelled(RunId run, DeliveryInput.Cancel cancel, int lastOperation = 0) =>
        (new Delivery(DeliveryTarget.Unknown(run), default, false, lastOperation) with { State = DeliveryState.Cancelled }).ThenRevoke(cancel.PendingRevocations).Then(d => d.ThenFinishIfDone());

    /// <summary>The transition function.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">This node's clock.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public DeliveryTransition Handle(DeliveryInput input, DateTimeOffset now, double jitter) => input switch
    {
        DeliveryInput.Assign assign => ThenResolveThefts(SuspectedThefts.KnownBy(assign.PendingRevocations)).Then(d => d.HandleAssign(assign)),
        DeliveryInput.Cancel cancel => ThenResolveThefts(SuspectedThefts.KnownBy(cancel.PendingRevocations)).Then(d => d.HandleCancel(cancel, now, jitter)),
        DeliveryInput.Ack ack => HandleAck(ack),
        DeliveryInput.TokenIssued issued => (this with
        {
            IssuesUnderWay = IssuesUnderWay - 1,
            SuspectedThefts = SuspectedThefts.AfterIssue(issued.Issued.Token.Accessor),
        }).HandleIssued(issued, now, jitter),
        DeliveryInput.IssueFailed failed => (this with { IssuesUnderWay = IssuesUnderWay - 1 }).HandleIssueFailed(failed, jitter),
        DeliveryInput.IssueCancelled => (this with { IssuesUnderWay = IssuesUnderWay - 1 }).ThenFinishIfDone(),
        DeliveryInput.PushEnded ended when State == DeliveryState.Pushing && ended.Operation == Operation =>
            (this with { Stalled = PushRules.HasStalled(ended.Outcome, Stalled) }).HandlePushEnded(ended.Outcome, now, jitter),
        DeliveryInput.OverdueCheckDue due when State is DeliveryState.Issuing or DeliveryState.Pushing or DeliveryState.Waiting => HandleOverdueCheck(due.Operation),
        DeliveryInput.RetryDue due when State == DeliveryState.Waiting && due.Operation == Operation => ThenPushOrIssue(now),
        DeliveryInput.Revoked revoked => HandleRevoked(revoked.Accessor, revoked.WasAlive, now),
        DeliveryInput.RevokeFailed failed => HandleRevokeFailed(failed.Accessor, now, jitter),
        DeliveryInput.RevokeRetryDue due when Tokens.FindRevocation(due.Accessor) is not null => Do(new DeliveryEffect.Revoke(due.Accessor)),
        _ => Do(),
    };

    private DeliveryTransition HandleAssign(DeliveryInput.Assign assign)
    {
        var isLater = assign.SeenAt > SeenAt;
        // Where the ledger was lost, a delivery that was made is assigned as if for the first time.
        if (State == DeliveryState.Delivered && !(isLater && assign.IsRedelivery)) return (isLater ? this with { SeenAt = assign.SeenAt } : this).ThenReportDelivered();
        // A later delivery may find the earlier one under way here, if another pod actor has served the run meanwhile. Its token is as good.
        if (State is DeliveryState.Issuing or DeliveryState.Pushing or DeliveryState.Waiting && assign.Target == Target)
        {
            return (isLater ? this with { SeenAt = assign.SeenAt, IsRedelivery = assign.IsRedelivery } : this)
                .ThenRevoke(assign.PendingRevocations).Then(d => d.ThenReportProgress(assign.PendingRevocations));
        }

        // The run was added again after it was cancelled, or wants a redelivery, or the pod has another address or role: start over.
        return ThenCancelOperation()
            .Then(d => d.ThenRevokeTokenInUse())
            .Then(d => d.ThenRevoke(assign.PendingRevocations))
            .Then(d => d.ThenReportProgress(assign.PendingRevocations))
            .Then(d => d.StartingOver(assign).ThenIssue())
            .Then(d => d.ThenScheduleOverdueCheck());
    }

    private Delivery StartingOver(DeliveryInput.Assign assign) => this with
    {
        Target = assign.Target,
        SeenAt = assign.SeenAt,
        IsRedelivery = assign.IsRedelivery,
        NextDeliveryAt = null,
        IssueFailures = 0,
        PushFailures = 0,
        Pushes = State == DeliveryState.Delivered ? 0 : Pushes,
        LastPushed = null,
        Stalled = false,
        HadUnansweredPush = false,
        Acked = false,
        Warnings = DeliveryWarnings.None,
    };

    private DeliveryTransition HandleCancel(DeliveryInput.Cancel cancel, DateTimeOffset now, double jitter) => ThenCancelOperation()
        .Then(d => d.ThenRevokeTokenInUse())
        .Then(d => d.ThenRevoke(cancel.PendingRevocations))
        .Then(d => cancel.IsCompleted && d.MayHaveDelivered ? d.ThenDelivered(nextDelivery: null, now, jitter) : d.ThenCancelled(cancel.PendingRevocations));

    private DeliveryTransition ThenCancelled(ImmutableList<PendingRevocation> ledgers) =>
        (Tokens.AreKnownBy(ledgers) ? Do() : ThenReportIssued())
        .Then(d => (d with { State = DeliveryState.Cancelled }).Do())
        .Then(d => d.ThenWarnOfThefts(d.SuspectedThefts.Close()))
        .Then(d => d.ThenFinishIfDone());

    // An ack of an earlier delivery may come late.
    private DeliveryTransition HandleAck(DeliveryInput.Ack ack) => State == DeliveryState.Delivered && (ack.SeenAt is null || ack.SeenAt == SeenAt)
        ? (this with { Acked = true }).ThenLearnOfThefts(ack).Then(d => d.ThenFinishIfDone())
        : Do();

    // An ack answers the report of this pod actor, or of another one that made the same delivery. Only the first proves something: the watcher took the
    // report while this pod actor served the run. After the second, no proof is to be expected.
    private DeliveryTransition ThenLearnOfThefts(DeliveryInput.Ack ack) => ack.LastPushed is not null && ack.LastPushed == LastPushed
        ? ThenResolveThefts(SuspectedThefts.KnownToAll())
        : ThenWarnOfThefts(SuspectedThefts.Close());

    private DeliveryTransition HandleIssued(DeliveryInput.TokenIssued input, DateTimeOffset now, double jitter)
    {
        var issued = input.Issued;
        // The run is over, or its target has changed and another request is under way: nobody needs the token.
        if (State != DeliveryState.Issuing || input.Operation != Operation)
            return ThenRevoke([issued.PendingRevocation]).Then(d => d.ThenReportIssued()).Then(d => d.ThenFinishIfDone());

        // Vault is slow, or the TTL is very short: the token would expire before the init container could use it.
        if (!issued.IsFresh(now))
            return ThenRevoke([issued.PendingRevocation]).Then(d => d.ThenRecordProblem(DeliveryProblem.WrappingTooShort, IsWarningDue)).Then(d => d.ThenRetryIssue(Backoff.Standard, jitter));
        return (this with { Tokens = Tokens with { InUse = issued }, IssueFailures = 0 }).ThenReportIssued().Then(d => d.ThenPush());
    }

    private DeliveryTransition HandleIssueFailed(DeliveryInput.IssueFailed failed, double jitter)
    {
        if (State != DeliveryState.Issuing || failed.Operation != Operation) return ThenFinishIfDone();
        return failed.Failure == VaultFailure.Permanent
            ? ThenRecordProblem(failed.Problem, atOnce: true).Then(d => d.ThenRetryIssue(Backoff.Slow, jitter))
            : ThenRecordProblem(failed.Problem, IsWarningDue).Then(d => d.ThenRetryIssue(Backoff.Standard, jitter, failed.RetryAfter));
    }

    private DeliveryTransition HandleOverdueCheck(int operation) => ThenWarn(Warnings.WhenOverdue(State switch
    {
        DeliveryState.Waiting => Warnings.Last,
        _ when operation != Operation => null,
        DeliveryState.Issuing => DeliveryProblem.VaultAwaited,
        _ => Warnings.Last ?? DeliveryProblem.PushAwaited,
    })).Then(d => d.ThenScheduleOverdueCheck());

    private DeliveryTransition HandleRevoked(string accessor, bool? wasAlive, DateTimeOffset now) => (this with { Tokens = Tokens.Resolve(accessor), RevokeFailures = 0 })
        .ThenResolveThefts(SuspectedThefts.Answered(accessor, wasAlive, now)).Then(d => d.ThenFinishIfDone());

    private DeliveryTransition HandleRevokeFailed(string accessor, DateTimeOffset now, double jitter)
    {
        if (Tokens.FindRevocation(accessor) is not { } token) return Do();
        if (token.Expires <= now) return HandleRevoked(accessor, null, now);
        var failed = this with { RevokeFailures = RevokeFailures + 1, SuspectedThefts = SuspectedThefts.Unanswered(accessor) };
        return failed.Do(new DeliveryEffect.ScheduleRevokeRetry(accessor, Backoff.Standard.After(failed.RevokeFailures, jitter)));
    }

    private DeliveryTransition ThenCancelOperation() => State switch
    {
        DeliveryState.Pushing => Do(new DeliveryEffect.CancelPush()),
        DeliveryState.Issuing => Do(new DeliveryEffect.CancelIssue(Operation)),
        _ => Do(),
    };

    private DeliveryTransition ThenIssue()
    {
        var issuing = this with { State = DeliveryState.Issuing, Operation = Operation + 1, IssuesUnderWay = IssuesUnderWay + 1 };
        return issuing.Do(new DeliveryEffect.Issue(issuing.Operation, Target));
    }

    private DeliveryTransition ThenRetryIssue(Backoff backoff, double jitter, TimeSpan? retryAfter = null)
    {
        var failed = this with { IssueFailures = IssueFailures + 1 };
        return failed.ThenScheduleRetry(backoff.AfterAtLeast(failed.IssueFailures, jitter, retryAfter));
    }

    private DeliveryTransition ThenScheduleRetry(TimeSpan delay)
    {
        var waiting = this with { State = DeliveryState.Waiting, Operation = Operation + 1 };
        return waiting.Do(new DeliveryEffect.Report(new RunProgressed(Target.Run)), new DeliveryEffect.ScheduleRetry(waiting.Operation, delay));
    }

    private DeliveryTransition ThenRevokeTokenInUse() =>
        Tokens.InUse is { } issued ? (this with { Tokens = Tokens with { InUse = null } }).ThenRevoke([issued.PendingRevocation]) : Do();

    private DeliveryTransition ThenRevoke(ImmutableList<PendingRevocation> revocations)
    {
        var (tokens, added) = Tokens.Revoking(revocations);
        return (this with { Tokens = tokens }).Do([.. added.Select(token => new DeliveryEffect.Revoke(token.Accessor))]);
    }

    private DeliveryTransition ThenFinishIfDone()
    {
        var over = State == DeliveryState.Cancelled || (State == DeliveryState.Delivered && Acked);
        return over && IssuesUnderWay == 0 && Tokens.Revocations.IsEmpty
            ? Do(new DeliveryEffect.Report(new RunEnded(Target.Run, Tokens.Resolved)), new DeliveryEffect.Finish())
            : Do();
    }

    // Every assignment is answered: the watcher assigns a run again if nobody answers.
    private DeliveryTransition ThenReportProgress(ImmutableList<PendingRevocation> ledgers) =>
        Tokens.AreKnownBy(ledgers) ? ThenReport(new RunProgressed(Target.Run)) : ThenReportIssued();

    private DeliveryTransition ThenSuspectTheft(IssuedToken issued) => ThenWarnOfThefts(SuspectedThefts.Add(new SuspectedTheft(Target, issued.Token.Accessor, issued.Expires)));

    private DeliveryTransition ThenResolveThefts(SuspectedThefts suspected) => ThenWarnOfThefts(suspected.Resolve());

    private DeliveryTransition ThenWarnOfThefts((SuspectedThefts Left, ImmutableList<DeliveryEffect> Warnings) thefts) => (this with { SuspectedThefts = thefts.Left }).Do(thefts.Warnings);

    private DeliveryTransition ThenReportIssued() => ThenReport(new RunIssued(Target.Run, Tokens.Pending, Tokens.Resolved));

    private DeliveryTransition ThenReportDelivered() => ThenReport(new RunDelivered(Target.Run, Tokens.Pending, Tokens.Resolved, SeenAt, NextDeliveryAt, LastPushed));

    private DeliveryTransition ThenReport(IRunReport report) => Do(new DeliveryEffect.Report(report));

    private DeliveryTransition ThenCount(string code) => Do(new DeliveryEffect.CountPushFailure(code));

    private DeliveryTransition ThenRecordProblem(DeliveryProblem problem, bool atOnce) => ThenWarn(Warnings.With(problem, atOnce));

    private DeliveryTransition ThenWarn((DeliveryWarnings Warnings, DeliveryEffect.Warn? Warning) after) =>
        (this with { Warnings = after.Warnings }).Do(after.Warning is { } warning ? [warning] : []);

    private DeliveryTransition ThenScheduleOverdueCheck() => Do(new DeliveryEffect.ScheduleOverdueCheck(Operation, DeliveryWarnings.OverdueAfter));

    private DeliveryTransition Do(params ImmutableList<DeliveryEffect> effects) => new(this, effects);
}
