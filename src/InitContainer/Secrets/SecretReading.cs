using System.Collections.Concurrent;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer.Secrets;

/// <summary>A secret as it was read: the contents of its files, and how long they are good.</summary>
/// <param name="Path">The secret.</param>
/// <param name="Files">The contents by file. Secrets.</param>
/// <param name="Lease">How long they are good.</param>
internal sealed record SecretReading(SecretPath Path, IReadOnlyDictionary<string, byte[]> Files, SecretLease Lease)
{
    /// <summary>Without the contents.</summary>
    public override string ToString() => $"SecretReading {{ {Path}, {Lease} }}";
}

/// <summary>How long a secret is good.</summary>
/// <param name="LeaseId">Vault's lease, which ends with the token; empty: it has none.</param>
/// <param name="Ttl">How long it is good from <paramref name="AskedAt"/> on; zero: it has no end of its own.</param>
/// <param name="Renewable">Whether the lease can be renewed.</param>
/// <param name="AskedAt">When Vault was asked for it, by a monotonic clock.</param>
internal sealed record SecretLease(string LeaseId, TimeSpan Ttl, bool Renewable, TimeSpan AskedAt)
{
    /// <summary>Without the lease's id, which can revoke it.</summary>
    public override string ToString() => $"SecretLease {{ Ttl = {Ttl}, Renewable = {Renewable} }}";
}

/// <summary>The token that secrets are read with, and the Vault that it is of.</summary>
/// <param name="Vault">The Vault.</param>
/// <param name="Token">The token. A secret.</param>
internal sealed record SecretAccess(VaultClient Vault, string Token)
{
    /// <summary>Where secrets are mounted, as far as that Vault has said it.</summary>
    public ConcurrentDictionary<SecretPath, VaultMount> Mounts { get; } = new();

    /// <summary>Without the token.</summary>
    public override string ToString() => nameof(SecretAccess);
}
