using AkkaVault.Shared;
using AkkaVault.Shared.Vault;

namespace AkkaVault.InitContainer.Secrets;

/// <summary>Reads all secrets with a new token. If that fails, the token is lost, so a transient failure is tried again.</summary>
/// <param name="reader">Reads the secrets.</param>
/// <param name="access">The token.</param>
/// <param name="log">Receives a line for each failed attempt.</param>
internal sealed class FirstReading(SecretReader reader, SecretAccess access, Log log)
{
    private const int AtOnce = 4;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly List<SecretReading> _readings = [];
    private readonly List<string> _failures = [];
    private bool _isRefused;

    /// <summary>Reads all secrets within about ten seconds.</summary>
    /// <returns>Which secrets could not be read, and why; null: <see cref="Readings"/> has all.</returns>
    public async Task<Rejection?> RunAsync()
    {
        using var deadline = new CancellationTokenSource(s_timeout);
        using var turn = new SemaphoreSlim(AtOnce);
        await Task.WhenAll(reader.Paths.Select(path => ReadAsync(path, turn, deadline.Token))).ConfigureAwait(false);
        if (_failures.Count > 0)
        {
            _failures.Sort(StringComparer.Ordinal);
            var detail = string.Join("; ", _failures);
            return _isRefused ? Rejection.SecretUnreadable(detail) : Rejection.LoginFailed(detail);
        }

        log.Debug($"Read {_readings.Count} secrets");
        return null;
    }

    /// <summary>The secrets that were read.</summary>
    public IReadOnlyList<SecretReading> Readings => _readings;

    private async Task ReadAsync(SecretPath path, SemaphoreSlim turn, CancellationToken deadline)
    {
        var problem = $"Vault did not answer within {s_timeout.TotalSeconds:0} s";
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
                        var reading = await reader.ReadAsync(path, access, deadline).ConfigureAwait(false);
                        lock (_gate) _readings.Add(reading);
                        return;
                    }
                    catch (VaultException e) when (e.Failure == VaultFailure.Permanent)
                    {
                        Fail(path, e.Message, isRefused: true);
                        return;
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
            Fail(path, problem, isRefused: false);
        }
    }

    private void Fail(SecretPath path, string problem, bool isRefused)
    {
        lock (_gate)
        {
            _failures.Add($"the secret {path}: {problem}");
            _isRefused |= isRefused;
        }
    }
}
