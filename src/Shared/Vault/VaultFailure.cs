namespace AkkaVault.Shared.Vault;

/// <summary>What kind of failure Vault's answer is, and so what to do about it.</summary>
public enum VaultFailure
{
    /// <summary>Connection failed, timed out, or 5xx: the same request may succeed later.</summary>
    Transient,

    /// <summary>503 and Vault says that it is sealed: transient, and worth its own word to the operator.</summary>
    Sealed,

    /// <summary>429, a rate-limit quota: ask again after <see cref="VaultException.RetryAfter"/>.</summary>
    Throttled,

    /// <summary>Any other 4xx: the request will fail again until someone changes a policy, a role or a token.</summary>
    Permanent,
}
