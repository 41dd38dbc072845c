using AkkaVault.Shared;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer.Secrets;

/// <summary>Reads all secrets with a token that was just given. The token is lost if this fails, so what may pass is tried again.</summary>
/// <param name="reader">Reads them.</param>
/// <param name="access">The token.</param>
/// <param name="log">Every failed attempt.</param>
internal sealed class FirstReading(SecretReader reader, SecretAccess access, Log log)
{
    private const int AtOnce = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Reads all within about ten seconds.</summary>
    /// <returns>The secrets, or why there are none, with each that failed.</returns>
    public async Task<(IReadOnlyList<SecretReading>? Readings, Rejection? Refused)> RunAsync()
    {
        using var deadline = new CancellationTokenSource(s_patience);
        using var turn = new SemaphoreSlim(AtOnce);
        var results = await Task.WhenAll(reader.Paths.Select(path => ReadAsync(path, turn, deadline.Token))).ConfigureAwait(false);
        var failures = results.Where(result => result.Reading is null).ToList();
        if (failures.Count == 0)
        {
            log.Debug($"Read {results.Length} secrets");
            return ([.. results.Select(result => result.Reading!)], null);
        }

        var detail = string.Join("; ", failures.Select(failure => failure.Problem));
        return (null, failures.Exists(failure => !failure.Passes) ? Rejection.SecretUnreadable(detail) : Rejection.LoginFailed(detail));
    }

    private async Task<(SecretReading? Reading, string Problem, bool Passes)> ReadAsync(SecretPath path, SemaphoreSlim turn, CancellationToken deadline)
    {
        var problem = $"Vault did not answer within {s_patience.TotalSeconds:0} s";
        try
        {
            await turn.WaitAsync(deadline).ConfigureAwait(false);
            try
            {
                for (var attempt = 1; ; attempt++)
                {
                    TimeSpan? retryAfter;
                    try
                    {
                        return (await reader.ReadAsync(path, access, deadline).ConfigureAwait(false), "", false);
                    }
                    catch (VaultException e) when (e.Failure == VaultFailure.Permanent)
                    {
                        return (null, $"the secret {path}: {e.Message}", false);
                    }
                    catch (VaultException e)
                    {
                        (problem, retryAfter) = (e.Message, e.RetryAfter);
                        log.Warn($"The secret {path} was not read, trying again: {e.Message}");
                    }

                    await Task.Delay(Backoff.Standard.AfterAtLeast(attempt, Random.Shared.NextDouble(), retryAfter), deadline).ConfigureAwait(false);
                }
            }
            finally
            {
                turn.Release();
            }
        }
        catch (OperationCanceledException)
        {
            return (null, $"the secret {path}: {problem}", true);
        }
    }
}
