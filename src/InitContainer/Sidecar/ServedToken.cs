using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer.Sidecar;

/// <summary>The token that was written into the file, and the push that it came of.</summary>
/// <param name="Auth">Vault's answer to the login.</param>
/// <param name="Push">The push. It has the CAs that verify Vault.</param>
/// <param name="Vault">The Vault that gave it.</param>
/// <param name="AskedAt">When Vault was asked for the token: a timestamp of <see cref="TimeProvider.System"/>.</param>
internal sealed record ServedToken(VaultAuth Auth, SecretPush Push, Uri Vault, long AskedAt)
{
    /// <summary>Without a secret.</summary>
    public override string ToString() => $"ServedToken {{ {Auth} }}";

    /// <summary>The token's lease.</summary>
    /// <param name="clock">The clock of <see cref="AskedAt"/>.</param>
    /// <param name="begun">The timestamp that times are counted from.</param>
    public TokenLease Lease(TimeProvider clock, long begun) => new(
        Auth.LeaseDuration, clock.GetElapsedTime(begun, AskedAt),
        Auth.IsBatch ? "it is a batch token"
        : !Auth.Renewable ? "Vault says that it is not renewable"
        : Auth.NumUses > 0 ? $"each renewal would be one of its {Auth.NumUses} uses"
        : null);
}
