namespace AkkaVault.InitContainer.Sidecar;

/// <summary>What happens to a sidecar's token.</summary>
internal abstract record SidecarRenewalInput
{
    /// <summary>The delay of <see cref="SidecarRenewalEffect.Wait"/> is over.</summary>
    public sealed record TimerDue : SidecarRenewalInput;

    /// <summary>Another token was delivered, and is in the file.</summary>
    /// <param name="Lease">Its lease.</param>
    public sealed record Delivered(TokenLease Lease) : SidecarRenewalInput;

    /// <summary>Vault renewed the token.</summary>
    /// <param name="Ttl">How long the token lives from <paramref name="AskedAt"/> on.</param>
    /// <param name="Renewable">Whether it can be renewed again.</param>
    /// <param name="AskedAt">When Vault was asked.</param>
    public sealed record Renewed(TimeSpan Ttl, bool Renewable, TimeSpan AskedAt) : SidecarRenewalInput;

    /// <summary>Vault did not renew the token.</summary>
    /// <param name="Kind">What follows from the failure.</param>
    /// <param name="Problem">Vault's words.</param>
    /// <param name="RetryAfter">How long Vault asked to wait, if it did.</param>
    public sealed record RenewFailed(RenewFailure Kind, string Problem, TimeSpan? RetryAfter = null) : SidecarRenewalInput;

    /// <summary>Vault answered whether it knows the token.</summary>
    /// <param name="IsAlive">Whether it does; null: Vault did not answer.</param>
    /// <param name="Problem">Vault's words where it does not, or did not answer.</param>
    public sealed record LookedUp(bool? IsAlive, string Problem) : SidecarRenewalInput;
}

/// <summary>Why a renewal failed.</summary>
internal enum RenewFailure
{
    /// <summary>Vault fails, is sealed, is throttling or does not answer. That passes.</summary>
    Transient,

    /// <summary>The CAs of the push do not verify Vault's certificate any more.</summary>
    Untrusted,

    /// <summary>403: the token is revoked or expired, or its policies do not allow the renewal.</summary>
    Denied,

    /// <summary>Vault refuses for good: this token cannot be renewed.</summary>
    Refused,
}

/// <summary>What the sidecar does.</summary>
internal abstract record SidecarRenewalEffect
{
    /// <summary>Renew the token. The answer is <see cref="SidecarRenewalInput.Renewed"/> or <see cref="SidecarRenewalInput.RenewFailed"/>.</summary>
    public sealed record Renew : SidecarRenewalEffect;

    /// <summary>Look the token up. The answer is <see cref="SidecarRenewalInput.LookedUp"/>.</summary>
    public sealed record LookUp : SidecarRenewalEffect;

    /// <summary>Wait. The answer is <see cref="SidecarRenewalInput.TimerDue"/>.</summary>
    public sealed record Wait(TimeSpan Delay) : SidecarRenewalEffect;

    /// <summary>Write the token file again: the token is the same, its lease is this long.</summary>
    public sealed record Write(TimeSpan Ttl, bool Renewable) : SidecarRenewalEffect;

    /// <summary>Log a step, or a warning.</summary>
    public sealed record Log(bool IsWarning, string Text) : SidecarRenewalEffect;

    /// <summary>End the process. The kubelet starts it again, and the controller delivers another secret.</summary>
    public sealed record End(int ExitCode, string Reason) : SidecarRenewalEffect;
}
