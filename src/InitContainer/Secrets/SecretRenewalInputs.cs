namespace AkkaVault.InitContainer.Secrets;

/// <summary>What happens to a secret.</summary>
internal abstract record SecretRenewalInput
{
    /// <summary>The delay of <see cref="SecretRenewalEffect.Wait"/> is over.</summary>
    public sealed record TimerDue : SecretRenewalInput;

    /// <summary>Vault gave the secret.</summary>
    /// <param name="Lease">How long it is good.</param>
    public sealed record Read(SecretLease Lease) : SecretRenewalInput;

    /// <summary>Vault did not give the secret.</summary>
    /// <param name="IsTransient">Whether the failure passes by itself.</param>
    /// <param name="Problem">Vault's words.</param>
    /// <param name="RetryAfter">How long Vault asked to wait, if it did.</param>
    public sealed record ReadFailed(bool IsTransient, string Problem, TimeSpan? RetryAfter = null) : SecretRenewalInput;

    /// <summary>Vault renewed the lease.</summary>
    /// <param name="Ttl">How long it lives from <paramref name="AskedAt"/> on.</param>
    /// <param name="Renewable">Whether it can be renewed again.</param>
    /// <param name="AskedAt">When Vault was asked.</param>
    public sealed record Renewed(TimeSpan Ttl, bool Renewable, TimeSpan AskedAt) : SecretRenewalInput;

    /// <summary>Vault did not renew the lease.</summary>
    /// <param name="Kind">What follows from the failure.</param>
    /// <param name="Problem">Vault's words.</param>
    /// <param name="RetryAfter">How long Vault asked to wait, if it did.</param>
    public sealed record RenewFailed(LeaseFailure Kind, string Problem, TimeSpan? RetryAfter = null) : SecretRenewalInput;

    /// <summary>Another token is used from now on. The leases of the one before end with it.</summary>
    public sealed record TokenReplaced : SecretRenewalInput;
}

/// <summary>Why a lease was not renewed.</summary>
internal enum LeaseFailure
{
    /// <summary>Vault fails, is sealed, is throttling or does not answer. That passes.</summary>
    Transient,

    /// <summary>The lease lives, and this token may not renew it, or it cannot be renewed.</summary>
    Refused,

    /// <summary>Vault does not know the lease any more.</summary>
    Gone,
}

/// <summary>What is done about a secret.</summary>
internal abstract record SecretRenewalEffect
{
    /// <summary>Read it. The answer is <see cref="SecretRenewalInput.Read"/> or <see cref="SecretRenewalInput.ReadFailed"/>.</summary>
    public sealed record Read : SecretRenewalEffect;

    /// <summary>Renew its lease. The answer is <see cref="SecretRenewalInput.Renewed"/> or <see cref="SecretRenewalInput.RenewFailed"/>.</summary>
    /// <param name="LeaseId">The lease.</param>
    public sealed record Renew(string LeaseId) : SecretRenewalEffect
    {
        /// <summary>Without the lease's id, which can revoke it.</summary>
        public override string ToString() => nameof(Renew);
    }

    /// <summary>Wait. The answer is <see cref="SecretRenewalInput.TimerDue"/>.</summary>
    public sealed record Wait(TimeSpan Delay) : SecretRenewalEffect;

    /// <summary>Write the files as they were read last, where they differ.</summary>
    public sealed record Write : SecretRenewalEffect;

    /// <summary>Log a step, or a warning.</summary>
    public sealed record Log(bool IsWarning, string Text) : SecretRenewalEffect;
}
