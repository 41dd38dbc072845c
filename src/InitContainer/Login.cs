using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer;

/// <summary>The login with a secret_id that was just unwrapped: it is lost if this fails, so what may pass is tried again.</summary>
/// <param name="vault">Knows the AppRole's mount.</param>
/// <param name="log">Every failed attempt.</param>
internal sealed class Login(VaultClient vault, Log log)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_givingBack = TimeSpan.FromSeconds(5);

    /// <summary>Logs in within about ten seconds.</summary>
    /// <returns>The token, or why there is none.</returns>
    public async Task<(VaultAuth? Auth, Rejection? Refused)> RunAsync(string roleId, SecretId secretId)
    {
        using var deadline = new CancellationTokenSource(s_patience);
        var pause = s_firstPause;
        VaultException? last = null;
        while (true)
        {
            try
            {
                return (await vault.LoginAsync(roleId, secretId.Value, deadline.Token).ConfigureAwait(false), null);
            }
            catch (VaultException e) when (e.Failure == VaultFailure.Permanent)
            {
                // After an attempt without an answer the secret_id may have been used up by ourselves.
                return last is { Status: null }
                    ? (null, Rejection.LoginFailed($"{e.Message} (after {last.Message})"))
                    : (null, Rejection.LoginRefused(e.Message));
            }
            catch (VaultException e)
            {
                last = e;
                log.Warn($"The login did not get through, trying again: {e.Message}");
            }
            catch (OperationCanceledException)
            {
                return (null, Rejection.LoginFailed(last?.Message ?? $"Vault did not answer the login within {s_patience.TotalSeconds:0}s"));
            }

            try
            {
                await Task.Delay(last.RetryAfter is { } asked && asked > pause ? asked : pause, deadline.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return (null, Rejection.LoginFailed(last.Message));
            }

            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
        }
    }

    /// <summary>Revokes a token that nobody will ever read, else each further try would leave one in Vault; for some seconds, then it is left to its TTL.</summary>
    public async Task GiveBackAsync(VaultAuth auth)
    {
        if (auth.IsBatch)
        {
            log.Warn($"The unused Vault token is a batch token, which cannot be revoked: it lives for {auth.LeaseDuration.TotalSeconds:0} s");
            return;
        }

        using var deadline = new CancellationTokenSource(s_givingBack);
        try
        {
            await vault.RevokeSelfAsync(auth.ClientToken, deadline.Token).ConfigureAwait(false);
        }
        catch (VaultException e)
        {
            log.Warn($"The unused Vault token was not revoked: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            log.Warn($"The unused Vault token was not revoked: no answer within {s_givingBack.TotalSeconds} s");
        }
    }
}
