namespace AkkaVault.Shared.Vault;

/// <summary>The kind of a failed call to Vault. It decides what the caller does next.</summary>
public enum VaultFailure
{
    /// <summary>No connection, a timeout, or 5xx: the same request may succeed later.</summary>
    Transient,

    /// <summary>503, and Vault says that it is sealed. This is transient, but the operator gets a message of its own.</summary>
    Sealed,

    /// <summary>429, a rate-limit quota: the request may be repeated after <see cref="VaultException.RetryAfter"/>.</summary>
    Throttled,

    /// <summary>Any other 4xx, or a 3xx that is not a redirect (301, 302, 307, 308): the request fails again until a person changes a policy, a role, a token or a path.</summary>
    Permanent,
}
