using System.Collections.Immutable;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Deliveries;

/// <summary>What can happen to a delivery. Results carry the number of the operation they belong to.</summary>
public abstract record DeliveryInput
{
    private DeliveryInput()
    {
    }

    /// <summary>The watcher wants the run driven.</summary>
    public sealed record Assign(DeliveryTarget Target, DateTimeOffset SeenAt, ImmutableList<PendingRevocation> PendingRevocations) : DeliveryInput;

    /// <summary>The run is over.</summary>
    public sealed record Cancel(ImmutableList<PendingRevocation> PendingRevocations) : DeliveryInput;

    /// <summary>The delivery is in the ledger.</summary>
    public sealed record Ack : DeliveryInput;

    /// <summary>Vault issued a wrapping token.</summary>
    public sealed record TokenIssued(int Operation, IssuedToken Issued) : DeliveryInput;

    /// <summary>Vault did not.</summary>
    public sealed record IssueFailed(int Operation, VaultFailure Failure, TimeSpan? RetryAfter, DeliveryProblem Problem) : DeliveryInput;

    /// <summary>Vault was not asked: nobody wants the answer any more, or this actor stops.</summary>
    public sealed record IssueCancelled(int Operation) : DeliveryInput;

    /// <summary>A push has come to its end.</summary>
    public sealed record PushEnded(int Operation, PushOutcome Outcome) : DeliveryInput;

    /// <summary>A wait is over.</summary>
    public sealed record RetryDue(int Operation) : DeliveryInput;

    /// <summary>It is time to see whether the delivery takes too long.</summary>
    /// <param name="Operation">The operation that was under way, or waited after, when that was last seen to.</param>
    public sealed record OverdueCheckDue(int Operation) : DeliveryInput;

    /// <summary>A wrapping token is revoked, or known to be impossible to revoke.</summary>
    /// <param name="Accessor">The token's accessor.</param>
    /// <param name="WasAlive">Whether Vault knew it until then; null: that is not known.</param>
    public sealed record Revoked(string Accessor, bool? WasAlive) : DeliveryInput;

    /// <summary>Vault could not revoke it for now.</summary>
    public sealed record RevokeFailed(string Accessor) : DeliveryInput;

    /// <summary>The wait before another try to revoke is over.</summary>
    public sealed record RevokeRetryDue(string Accessor) : DeliveryInput;
}

/// <summary>What a delivery wants done.</summary>
public abstract record DeliveryEffect
{
    private DeliveryEffect()
    {
    }

    /// <summary>
    /// Ask Vault for a wrapped secret_id; answer with <see cref="DeliveryInput.TokenIssued"/>, <see cref="DeliveryInput.IssueFailed"/>
    /// or, if it was given up before Vault was asked, <see cref="DeliveryInput.IssueCancelled"/>.
    /// </summary>
    public sealed record Issue(int Operation, DeliveryTarget Target) : DeliveryEffect;

    /// <summary>Push; answer with <see cref="DeliveryInput.PushEnded"/>.</summary>
    public sealed record Push(int Operation, DeliveryTarget Target, IssuedToken Issued, bool Stalled) : DeliveryEffect;

    /// <summary>Wait; answer with <see cref="DeliveryInput.RetryDue"/>.</summary>
    public sealed record ScheduleRetry(int Operation, TimeSpan Delay) : DeliveryEffect;

    /// <summary>Vault need not be asked any more, if it has not been yet; the answer comes all the same.</summary>
    public sealed record CancelIssue(int Operation) : DeliveryEffect;

    /// <summary>Cancel the push that is under way.</summary>
    public sealed record CancelPush : DeliveryEffect;

    /// <summary>Revoke; answer with <see cref="DeliveryInput.Revoked"/> or <see cref="DeliveryInput.RevokeFailed"/>.</summary>
    public sealed record Revoke(string Accessor) : DeliveryEffect;

    /// <summary>Wait; answer with <see cref="DeliveryInput.RevokeRetryDue"/>.</summary>
    public sealed record ScheduleRevokeRetry(string Accessor, TimeSpan Delay) : DeliveryEffect;

    /// <summary>Tell the watcher.</summary>
    public sealed record Report(IRunReport Message) : DeliveryEffect;

    /// <summary>Wait; answer with <see cref="DeliveryInput.OverdueCheckDue"/>. One such wait replaces another.</summary>
    public sealed record ScheduleOverdueCheck(int Operation, TimeSpan Delay) : DeliveryEffect;

    /// <summary>A person should know; once for a run and reason.</summary>
    /// <param name="Problem">What is in the way.</param>
    /// <param name="Overdue">Whether it is told because it has lasted, though it may pass by itself.</param>
    public sealed record Warn(DeliveryProblem Problem, bool Overdue) : DeliveryEffect;

    /// <summary>Somebody else used a wrapping token.</summary>
    public sealed record WarnTokenUsed(DeliveryTarget Target, string Accessor) : DeliveryEffect;

    /// <summary>The pod says that a wrapping token is dead, and to Vault it was alive.</summary>
    public sealed record WarnTokenAlive(DeliveryTarget Target) : DeliveryEffect;

    /// <summary>A wrapping token was dead before its time, and why will not be known here; see <see cref="SuspectedTheft"/>.</summary>
    public sealed record WarnTokenDead(DeliveryTarget Target) : DeliveryEffect;

    /// <summary>A push was not accepted.</summary>
    public sealed record CountPushFailure(string Reason) : DeliveryEffect;

    /// <summary>The run has its secret, by this many pushes.</summary>
    public sealed record CountDelivered(TimeSpan SinceStart, TimeSpan SinceSeen, int Attempt) : DeliveryEffect;

    /// <summary>Nothing is left to do: forget the delivery.</summary>
    public sealed record Finish : DeliveryEffect;
}
