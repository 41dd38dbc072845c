using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer.Sidecar;

/// <summary>The token that was written into the file, and the push that led to it. Times are of <see cref="MonotonicClock"/>.</summary>
/// <param name="Auth">Vault's answer to the login.</param>
/// <param name="Push">The push. It has the CAs that verify Vault.</param>
/// <param name="Vault">The Vault that gave it.</param>
/// <param name="AskedAt">When Vault was asked for the token.</param>
/// <param name="Life">How long it can live.</param>
/// <param name="Next">When another secret is wanted; null: none is.</param>
internal sealed record ServedToken(VaultAuth Auth, SecretPush Push, Uri Vault, TimeSpan AskedAt, TokenLife Life, NextDelivery? Next)
{
    /// <summary>Without a secret.</summary>
    public override string ToString() => $"ServedToken {{ {Auth} }}";

    /// <summary>The token's lease.</summary>
    public TokenLease Lease => new(Auth.LeaseDuration, AskedAt, Life, Next?.At);
}
