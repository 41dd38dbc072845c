using System.Collections.Immutable;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Deliveries;

/// <summary>What can happen to a delivery. Results carry the number of the operation they belong to.</summary>
internal abstract record DeliveryInput
{
    private DeliveryInput()
    {
    }

    /// <summary>The watcher assigns the run: it is to get its secret.</summary>
    public sealed record Assign(DeliveryTarget Target, DateTimeOffset SeenAt, ImmutableList<PendingRevocation> PendingRevocations, bool IsRedelivery = false, bool HadUnansweredPush = false) : DeliveryInput;

    /// <summary>The run is over.</summary>
    /// <param name="PendingRevocations">Wrapping tokens the ledger knows as undelivered.</param>
    /// <param name="IsCompleted">Whether the init container has exited with 0, and so has its secret.</param>
    public sealed record Cancel(ImmutableList<PendingRevocation> PendingRevocations, bool IsCompleted = false) : DeliveryInput;

    /// <summary>The delivery is in the ledger.</summary>
    /// <param name="SeenAt">Which delivery of the run; null: an earlier version does not say.</param>
    /// <param name="LastPushed">The accessor of the token that was pushed last, as the delivery was reported; null: an earlier version does not say.</param>
    public sealed record Ack(DateTimeOffset? SeenAt = null, string? LastPushed = null) : DeliveryInput;

    /// <summary>Vault issued a wrapping token.</summary>
    public sealed record TokenIssued(int Operation, IssuedToken Issued) : DeliveryInput;

    /// <summary>Vault issued nothing.</summary>
    public sealed record IssueFailed(int Operation, VaultFailure Failure, TimeSpan? RetryAfter, DeliveryProblem Problem) : DeliveryInput;

    /// <summary>Vault was not asked, because the request was cancelled or the pod actor stops.</summary>
    public sealed record IssueCancelled(int Operation) : DeliveryInput;

    /// <summary>A push has ended.</summary>
    public sealed record PushEnded(int Operation, PushOutcome Outcome) : DeliveryInput;

    /// <summary>The pause after a failure is over.</summary>
    public sealed record RetryDue(int Operation) : DeliveryInput;

    /// <summary>The delivery has taken long enough for a warning.</summary>
    /// <param name="Operation">The number of the operation when this check was scheduled.</param>
    public sealed record OverdueCheckDue(int Operation) : DeliveryInput;

    /// <summary>A wrapping token is revoked, or known to be impossible to revoke.</summary>
    /// <param name="Accessor">The token's accessor.</param>
    /// <param name="WasAlive">Whether the token was alive until then; null: that is not known.</param>
    public sealed record Revoked(string Accessor, bool? WasAlive) : DeliveryInput;

    /// <summary>A wrapping token could not be revoked for now.</summary>
    public sealed record RevokeFailed(string Accessor) : DeliveryInput;

    /// <summary>The pause before another try to revoke is over.</summary>
    public sealed record RevokeRetryDue(string Accessor) : DeliveryInput;
}
