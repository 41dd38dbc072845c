using System.Net;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer.Sidecar;

/// <summary>
/// Finds out how long a token can live. Vault's look-up does not say it. So the token is renewed for longer than any max TTL, Vault
/// gives it what the max TTL leaves, and a second renewal sets the lease back, so that a pod that dies leaves no token with a long life.
/// </summary>
/// <param name="vault">The Vault that gave the token.</param>
/// <param name="log">Receives what is found out.</param>
internal sealed class TokenLifeInquiry(VaultClient vault, Log log)
{
    /// <summary>The time limit of all requests together: the push waits for them.</summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan s_year = TimeSpan.FromHours(8760);

    /// <summary>Asks Vault, unless the answer to the login says it.</summary>
    /// <param name="auth">Vault's answer to the login.</param>
    /// <param name="askedAt">When the login was asked for.</param>
    public async Task<TokenLife> AskAsync(VaultAuth auth, TimeSpan askedAt)
    {
        // By this Vault says that the token never ends.
        if (auth.LeaseDuration <= TimeSpan.Zero) return TokenLife.NoEndKnown;
        var end = askedAt + auth.LeaseDuration;
        if (auth.IsBatch) return new TokenLife(end, "it is a batch token");
        if (!auth.Renewable) return new TokenLife(end, "Vault says that it is not renewable");
        if (auth.NumUses > 0) return new TokenLife(end, UsesOf(auth.NumUses));
        using var deadline = new CancellationTokenSource(s_timeout);
        try
        {
            var lookup = await vault.LookupSelfAsync(auth.ClientToken, deadline.Token).ConfigureAwait(false);
            // Vault 1.8 does not say this in its answer to a login.
            if (lookup.NumUses != 0) return new TokenLife(end, UsesOf(lookup.NumUses)) { IsUsedUp = lookup.NumUses < 0 };
            if (lookup.Period > TimeSpan.Zero) return new TokenLife(lookup.ExplicitMaxTtl > TimeSpan.Zero ? askedAt + lookup.ExplicitMaxTtl : null, null);
            return await AskByRenewalAsync(auth, end, deadline.Token).ConfigureAwait(false);
        }
        catch (VaultException e)
        {
            log.Info($"It is not known how long the token can live: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            log.Info($"It is not known how long the token can live: Vault did not answer within {s_timeout.TotalSeconds:0} s");
        }

        return TokenLife.NoEndKnown;
    }

    private async Task<TokenLife> AskByRenewalAsync(VaultAuth auth, TimeSpan end, CancellationToken cancellation)
    {
        var askedAt = MonotonicClock.Now;
        VaultAuth longest;
        try
        {
            longest = await vault.RenewSelfAsync(auth.ClientToken, s_year, cancellation).ConfigureAwait(false);
        }
        catch (VaultException e) when (e.Status == HttpStatusCode.Forbidden)
        {
            // The look-up has shown that the token lives.
            return new TokenLife(end, "its policies do not allow update on auth/token/renew-self");
        }

        if (longest.LeaseDuration > auth.LeaseDuration) await SetBackAsync(auth, cancellation).ConfigureAwait(false);
        return longest.LeaseDuration > TimeSpan.Zero ? new TokenLife(askedAt + longest.LeaseDuration, null) : TokenLife.NoEndKnown;
    }

    private async Task SetBackAsync(VaultAuth auth, CancellationToken cancellation)
    {
        try
        {
            await vault.RenewSelfAsync(auth.ClientToken, auth.LeaseDuration, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is VaultException or OperationCanceledException)
        {
            // It is not known whether Vault has done it, so the token is renewed as if Vault had.
            log.Info($"The token's lease may last until its max TTL, and is set back by the next renewal: {(e is VaultException ? e.Message : "Vault did not answer in time")}");
        }
    }

    private static string UsesOf(int left) => left < 0 ? "it has no use left" : $"each renewal would be one of its {left} uses";
}
