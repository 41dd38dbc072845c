using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer;

/// <summary>Logs in with a secret_id that was just unwrapped. If the login fails, the secret_id is lost, so a transient failure is tried again.</summary>
/// <param name="vault">A client for the AppRole's mount.</param>
/// <param name="log">Receives a line for each failed attempt.</param>
internal sealed class Login(VaultClient vault, Log log)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_revokeTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Logs in within about ten seconds.</summary>
    /// <returns>The token, or why there is none.</returns>
    public async Task<(VaultAuth? Auth, Rejection? Refused)> RunAsync(string roleId, SecretId secretId)
    {
        using var deadline = new CancellationTokenSource(s_timeout);
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
                // If an earlier attempt got no answer, that attempt may have used the secret_id up.
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
                return (null, Rejection.LoginFailed(last?.Message ?? $"Vault did not answer the login within {s_timeout.TotalSeconds:0}s"));
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

    /// <summary>Revokes a token that nobody will read: otherwise each attempt would leave one in Vault. If Vault does not answer in time, the token lives until its TTL.</summary>
    public async Task RevokeAsync(VaultAuth auth)
    {
        if (auth.IsBatch)
        {
            log.Warn($"The unused Vault token is a batch token, which cannot be revoked: it lives for {auth.LeaseDuration.TotalSeconds:0} s");
            return;
        }

        using var deadline = new CancellationTokenSource(s_revokeTimeout);
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
            log.Warn($"The unused Vault token was not revoked: no answer within {s_revokeTimeout.TotalSeconds} s");
        }
    }
}
