using System.Collections.Immutable;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Pods;

/// <summary>
/// The delivery of one run, as a pure state machine: issue, push, retry, until the init container has its secret or the run is
/// over. A push is never sent with a token that is expired, and after a 2xx nothing is pushed for this run again.
/// </summary>
public sealed record Delivery
{
    /// <summary>Failures of Vault in a row after which a person is told, though they may pass.</summary>
    public const int FailuresToWarn = 6;

    private Delivery(DeliveryTarget target, DateTimeOffset seenAt) => (Target, SeenAt) = (target, seenAt);

    /// <summary>The run and where it is.</summary>
    public DeliveryTarget Target { get; private init; }

    /// <summary>When the watcher first saw the run.</summary>
    public DateTimeOffset SeenAt { get; private init; }

    /// <summary>Where it stands.</summary>
    public DeliveryPhase Phase { get; private init; }

    /// <summary>Number of the operation under way; answers to older ones are late.</summary>
    public int Operation { get; private init; }

    /// <summary>Issue requests under way: even for a dropped run, their tokens must be known to be revoked.</summary>
    public int IssuesUnderWay { get; private init; }

    /// <summary>The token in use.</summary>
    public HeldToken? Held { get; private init; }

    /// <summary>Tokens that are to be revoked.</summary>
    public ImmutableList<OutstandingWrap> Revoking { get; private init; } = [];

    /// <summary>The accessors of the last tokens that were delivered or revoked, for reports.</summary>
    public ImmutableList<string> Over { get; private init; } = [];

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
    public Suspicions Suspected { get; private init; } = Suspicions.None;

    /// <summary>Failures to revoke in a row.</summary>
    public int RevokeFailures { get; private init; }

    /// <summary>What keeps it from its end, and what of it a person was told.</summary>
    public DeliveryTrouble Trouble { get; private init; } = DeliveryTrouble.None;

    /// <summary>The watcher knows of the delivery.</summary>
    public bool Settled { get; private init; }

    /// <summary>All wrapping tokens that may be alive and undelivered.</summary>
    public ImmutableList<OutstandingWrap> Outstanding => Held is { } held ? Revoking.Add(held.Outstanding) : Revoking;

    // Each report repeats the last of them, since one may be lost; what is never heard of is revoked once more.
    private const int OverKept = 8;

    /// <summary>A delivery begins: Vault is asked, and what an earlier actor left is revoked.</summary>
    public static DeliveryStep Begin(DeliveryInput.Drive drive) =>
        new Delivery(drive.Target, drive.SeenAt).ThenRevoke(drive.Outstanding).Then(d => d.ThenAnswer(drive.Outstanding)).Then(d => d.ThenIssue()).Then(d => d.ThenLookLater());

    /// <summary>A run that is over, and that this node knows nothing of: only what it left is to be revoked.</summary>
    public static DeliveryStep BeginDropped(RunId run, DeliveryInput.Drop drop)
    {
        var nowhere = new DeliveryTarget(run, "", "", "", "", "", default);
        return (new Delivery(nowhere, default) with { Phase = DeliveryPhase.Dropped }).ThenRevoke(drop.Outstanding).Then(d => d.ThenFinishIfDone());
    }

    /// <summary>The transition function.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">This node's clock.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public DeliveryStep On(DeliveryInput input, DateTimeOffset now, double jitter) => input switch
    {
        DeliveryInput.Drive drive => ThenJudge(Suspected.KnownBy(drive.Outstanding)).Then(d => d.OnDrive(drive)),
        DeliveryInput.Drop drop => ThenJudge(Suspected.KnownBy(drop.Outstanding)).Then(d => d.OnDrop(drop)),
        DeliveryInput.Settle => OnSettle(),
        DeliveryInput.TokenIssued issued => (this with
        {
            IssuesUnderWay = IssuesUnderWay - 1,
            Suspected = Suspected.AfterIssue(issued.Token.Accessor),
        }).OnIssued(issued, now, jitter),
        DeliveryInput.IssueFailed failed => (this with { IssuesUnderWay = IssuesUnderWay - 1 }).OnIssueFailed(failed, jitter),
        DeliveryInput.IssueGivenUp => (this with { IssuesUnderWay = IssuesUnderWay - 1 }).ThenFinishIfDone(),
        DeliveryInput.PushEnded ended when Phase == DeliveryPhase.Pushing && ended.Operation == Operation =>
            (this with { Stalled = PushRules.HasStalled(ended.Outcome, Stalled) }).OnPushEnded(ended.Outcome, now, jitter),
        DeliveryInput.LookDue look when Phase is DeliveryPhase.Issuing or DeliveryPhase.Pushing or DeliveryPhase.Waiting => OnLook(look.Operation),
        DeliveryInput.WaitOver over when Phase == DeliveryPhase.Waiting && over.Operation == Operation => ThenPushOrIssue(now),
        DeliveryInput.Revoked revoked => OnRevoked(revoked.Accessor, revoked.WasAlive, now),
        DeliveryInput.RevokeFailed failed => OnRevokeFailed(failed.Accessor, now, jitter),
        DeliveryInput.RevokeDue due when Revoking.Exists(wrap => wrap.Accessor == due.Accessor) => Do(new DeliveryEffect.Revoke(due.Accessor)),
        _ => Do(),
    };

    private DeliveryStep OnDrive(DeliveryInput.Drive drive)
    {
        if (Phase == DeliveryPhase.Delivered) return ThenReportDelivered();
        if (Phase != DeliveryPhase.Dropped && drive.Target == Target)
            return ThenRevoke(drive.Outstanding).Then(d => d.ThenAnswer(drive.Outstanding));

        // Accepted again after a drop, or the pod's address or role has changed: start over.
        return ThenInterrupt()
            .Then(d => d.ThenLetGo())
            .Then(d => d.ThenRevoke(drive.Outstanding))
            .Then(d => d.ThenAnswer(drive.Outstanding))
            .Then(d => (d with { Target = drive.Target, SeenAt = drive.SeenAt, IssueFailures = 0, PushFailures = 0, Stalled = false, Settled = false, Trouble = DeliveryTrouble.None }).ThenIssue())
            .Then(d => d.ThenLookLater());
    }

    private DeliveryStep OnDrop(DeliveryInput.Drop drop)
    {
        return ThenInterrupt()
            .Then(d => (d with { Phase = DeliveryPhase.Dropped }).ThenLetGo())
            .Then(d => d.ThenRevoke(drop.Outstanding))
            .Then(d => d.ThenReportUnlessKnown(drop.Outstanding))
            .Then(d => d.ThenLeaveSuspicions())
            .Then(d => d.ThenFinishIfDone());
    }

    // It answers our report of the delivery, which came after whatever was found.
    private DeliveryStep OnSettle() => Phase == DeliveryPhase.Delivered
        ? (this with { Settled = true }).ThenJudge(Suspected.KnownToAll()).Then(d => d.ThenFinishIfDone())
        : Do();

    private DeliveryStep OnIssued(DeliveryInput.TokenIssued issued, DateTimeOffset now, double jitter)
    {
        var held = new HeldToken(issued.Token, issued.Expires, false);
        // The run is over, or its target has changed and another request is under way: the token is nobody's.
        if (Phase != DeliveryPhase.Issuing || issued.Operation != Operation)
            return ThenRevoke([held.Outstanding]).Then(d => d.ThenReportIssued()).Then(d => d.ThenFinishIfDone());

        // Slow Vault or a very short TTL: a token that is all but dead is not worth a push.
        if (!held.IsFresh(now))
            return ThenRevoke([held.Outstanding]).Then(d => d.ThenMeet(DeliveryProblem.WrappingTooShort, d.HasFailedToIssueForLong)).Then(d => d.ThenWaitToIssue(Backoff.Standard, jitter));
        return (this with { Held = held, IssueFailures = 0 }).ThenReportIssued().Then(d => d.ThenPush());
    }

    private DeliveryStep OnIssueFailed(DeliveryInput.IssueFailed failed, double jitter)
    {
        if (Phase != DeliveryPhase.Issuing || failed.Operation != Operation) return ThenFinishIfDone();
        return failed.Failure == VaultFailure.Permanent
            ? ThenMeet(failed.Problem, atOnce: true).Then(d => d.ThenWaitToIssue(Backoff.Slow, jitter))
            : ThenMeet(failed.Problem, HasFailedToIssueForLong).Then(d => d.ThenWaitToIssue(Backoff.Standard, jitter, failed.RetryAfter));
    }

    // What passes by itself has passed by now, or somebody should look.
    private bool HasFailedToIssueForLong => IssueFailures + 1 >= FailuresToWarn;

    private DeliveryStep OnLook(int operation) => ThenTell(Trouble.Late(Phase switch
    {
        DeliveryPhase.Waiting => Trouble.Last,
        _ when operation != Operation => null,
        DeliveryPhase.Issuing => DeliveryProblem.VaultAwaited,
        _ => Trouble.Last ?? DeliveryProblem.PushAwaited,
    })).Then(d => d.ThenLookLater());

    private DeliveryStep OnPushEnded(PushOutcome outcome, DateTimeOffset now, double jitter)
    {
        var held = Held!;
        switch (outcome)
        {
            case PushOutcome.Accepted:
                return (WithOver(held.Token.Accessor) with { Held = null }).ThenDelivered(now);
            case PushOutcome.Rejected { Reason: PushRejection.AlreadyServed }:
                // An earlier push of ours got through though its answer did not; only the holder of the role_id's secret can have served it.
                return ThenLetGo().Then(d => d.ThenDelivered(now));
            case PushOutcome.NotListening refused:
                return ThenCount(ProblemCode.NotListening).Then(d => d.ThenMeet(DeliveryProblem.Of(refused), atOnce: false)).Then(d => d.ThenWaitToPush(Backoff.NotListening, jitter));
            case PushOutcome.NoAnswer silent:
                return (this with { Held = held with { MayBeSeen = true } }).ThenCount(ProblemCode.NoAnswer)
                    .Then(d => d.ThenMeet(DeliveryProblem.Of(silent), atOnce: false)).Then(d => d.ThenWaitToPush(Backoff.Standard, jitter));
            case PushOutcome.TooLate:
                return ThenCount(ProblemCode.TooLate).Then(d => d.ThenMeet(DeliveryProblem.TooLate, atOnce: false)).Then(d => d.ThenLetGo()).Then(d => d.ThenIssue());
            case PushOutcome.Rejected rejected:
                var counted = ThenCount(ProblemCode.Of(rejected));
                if (rejected.Reason == PushRejection.WrappingTokenInvalid && !held.MayBeSeen && held.Expires > now)
                    counted = counted.Then(d => (d with { Suspected = d.Suspected.Add(new Suspicion(d.Target, held.Token.Accessor, held.Expires)) }).Do());
                if (PushRules.IsSpent(rejected.Reason)) counted = counted.Then(d => d.ThenLetGo());
                return counted.Then(d => d.ThenMeet(DeliveryProblem.Of(rejected), PushRules.IsStuck(rejected.Reason))).Then(d => d.ThenWaitToPush(Backoff.Standard, jitter));
            default:
                throw new ArgumentOutOfRangeException(nameof(outcome), outcome.GetType().Name, "not a push outcome");
        }
    }

    private DeliveryStep OnRevoked(string accessor, bool? wasAlive, DateTimeOffset now) => (WithOver(accessor) with
    {
        Revoking = Revoking.RemoveAll(wrap => wrap.Accessor == accessor),
        RevokeFailures = 0,
    }).ThenJudge(Suspected.Answered(accessor, wasAlive, now)).Then(d => d.ThenFinishIfDone());

    private DeliveryStep OnRevokeFailed(string accessor, DateTimeOffset now, double jitter)
    {
        if (Revoking.Find(wrap => wrap.Accessor == accessor) is not { } wrap) return Do();
        if (wrap.Expires <= now) return OnRevoked(accessor, null, now);
        var failed = this with
        {
            RevokeFailures = RevokeFailures + 1,
            Suspected = Suspected.Unanswered(accessor),
        };
        return failed.Do(new DeliveryEffect.WaitToRevoke(accessor, Backoff.Standard.After(failed.RevokeFailures, jitter)));
    }

    private DeliveryStep ThenInterrupt() => Phase switch
    {
        DeliveryPhase.Pushing => Do(new DeliveryEffect.CancelPush()),
        DeliveryPhase.Issuing => Do(new DeliveryEffect.GiveUpIssue(Operation)),
        _ => Do(),
    };

    private DeliveryStep ThenPushOrIssue(DateTimeOffset now)
    {
        if (Held is null) return ThenIssue();
        return Held.IsFresh(now) ? ThenPush() : ThenLetGo().Then(d => d.ThenIssue());
    }

    private DeliveryStep ThenIssue()
    {
        var issuing = this with { Phase = DeliveryPhase.Issuing, Operation = Operation + 1, IssuesUnderWay = IssuesUnderWay + 1 };
        return issuing.Do(new DeliveryEffect.Issue(issuing.Operation, Target));
    }

    private DeliveryStep ThenPush()
    {
        var pushing = this with { Phase = DeliveryPhase.Pushing, Operation = Operation + 1, Pushes = Pushes + 1 };
        return pushing.Do(new DeliveryEffect.Push(pushing.Operation, Target, Held!.Token, Held.Expires, Stalled));
    }

    private DeliveryStep ThenWaitToIssue(Backoff backoff, double jitter, TimeSpan? retryAfter = null)
    {
        var failed = this with { IssueFailures = IssueFailures + 1 };
        return failed.ThenWait(backoff.AfterAtLeast(failed.IssueFailures, jitter, retryAfter));
    }

    private DeliveryStep ThenWaitToPush(Backoff backoff, double jitter)
    {
        var failed = this with { PushFailures = PushFailures + 1 };
        return failed.ThenWait(backoff.After(failed.PushFailures, jitter));
    }

    private DeliveryStep ThenWait(TimeSpan delay)
    {
        var waiting = this with { Phase = DeliveryPhase.Waiting, Operation = Operation + 1 };
        return waiting.Do(new DeliveryEffect.Report(new RunProgressed(Target.Run)), new DeliveryEffect.Wait(waiting.Operation, delay));
    }

    private DeliveryStep ThenDelivered(DateTimeOffset now)
    {
        var delivered = this with { Phase = DeliveryPhase.Delivered, Operation = Operation + 1, Trouble = Trouble.Passed };
        return delivered.Do(new DeliveryEffect.CountDelivered(now - Target.StartedAt, now - SeenAt, Pushes)).Then(d => d.ThenReportDelivered());
    }

    /// <summary>Gives up the held token: it is to be revoked.</summary>
    private DeliveryStep ThenLetGo() => Held is { } held ? (this with { Held = null }).ThenRevoke([held.Outstanding]) : Do();

    private DeliveryStep ThenRevoke(ImmutableList<OutstandingWrap> wraps)
    {
        var fresh = wraps.RemoveAll(wrap => wrap.Accessor == Held?.Token.Accessor || Revoking.Exists(known => known.Accessor == wrap.Accessor));
        return (this with { Revoking = Revoking.AddRange(fresh) }).Do([.. fresh.Select(wrap => new DeliveryEffect.Revoke(wrap.Accessor))]);
    }

    private DeliveryStep ThenFinishIfDone()
    {
        var over = Phase == DeliveryPhase.Dropped || (Phase == DeliveryPhase.Delivered && Settled);
        return over && IssuesUnderWay == 0 && Revoking.IsEmpty
            ? Do(new DeliveryEffect.Report(new RunEnded(Target.Run, Over)), new DeliveryEffect.Finish())
            : Do();
    }

    /// <summary>Whether these are all of ours: what the ledger does not know is revoked by nobody when this node dies.</summary>
    private bool Knows(ImmutableList<OutstandingWrap> ledgers) => Outstanding.TrueForAll(wrap => ledgers.Exists(known => known.Accessor == wrap.Accessor));

    // The watcher drives again what nobody has answered for.
    private DeliveryStep ThenAnswer(ImmutableList<OutstandingWrap> ledgers) => Knows(ledgers) ? ThenReport(new RunProgressed(Target.Run)) : ThenReportIssued();

    private DeliveryStep ThenReportUnlessKnown(ImmutableList<OutstandingWrap> ledgers) => Knows(ledgers) ? Do() : ThenReportIssued();

    private DeliveryStep ThenJudge(Suspicions suspected) => ThenTell(suspected.Judge());

    private DeliveryStep ThenLeaveSuspicions() => ThenTell(Suspected.Leave());

    private DeliveryStep ThenTell((Suspicions Left, ImmutableList<DeliveryEffect> Told) judged) => (this with { Suspected = judged.Left }).Do(judged.Told);

    private DeliveryStep ThenReportIssued() => ThenReport(new RunIssued(Target.Run, Outstanding, Over));

    private DeliveryStep ThenReportDelivered() => ThenReport(new RunDelivered(Target.Run, Outstanding, Over));

    private DeliveryStep ThenReport(IRunReport report) => Do(new DeliveryEffect.Report(report));

    private DeliveryStep ThenCount(string reason) => Do(new DeliveryEffect.CountPushFailure(reason));

    private DeliveryStep ThenMeet(DeliveryProblem problem, bool atOnce) => ThenTell(Trouble.With(problem, atOnce));

    private DeliveryStep ThenTell((DeliveryTrouble Trouble, DeliveryEffect.Warn? Warning) told)
    {
        var after = this with { Trouble = told.Trouble };
        return told.Warning is { } warning ? after.Do(warning) : after.Do();
    }

    private DeliveryStep ThenLookLater() => Do(new DeliveryEffect.WaitToLook(Operation, DeliveryTrouble.Patience));

    private Delivery WithOver(string accessor) => this with { Over = [.. Over.Remove(accessor).Add(accessor).TakeLast(OverKept)] };

    private DeliveryStep Do(params ImmutableList<DeliveryEffect> effects) => new(this, effects);
}
