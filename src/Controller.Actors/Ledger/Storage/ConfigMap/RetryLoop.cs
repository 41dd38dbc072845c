using AkkaVault.Shared;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>The attempts of one request until it succeeds or times out.</summary>
internal sealed class RetryLoop(LedgerWriterServices services, Backoff pause, TimeSpan timeout)
{
    private readonly DateTimeOffset _deadline = services.Clock.GetUtcNow() + timeout;
    private int _failures;

    /// <summary>Waits before the next attempt.</summary>
    /// <returns>False: the timeout is over.</returns>
    public async Task<bool> PauseAsync(LedgerObjectException problem, CancellationToken cancellation)
    {
        if (services.Clock.GetUtcNow() >= _deadline) return false;
        if (_failures++ == 0) services.Log.NotWritten(services.Object.Name, problem.Message);
        else services.Log.LogDebug("{Ledger}: {Problem}; trying again", services.Object.Name, problem.Message);
        await Task.Delay(pause.After(_failures, Random.Shared.NextDouble()), services.Clock, cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>It has succeeded.</summary>
    public void Succeeded()
    {
        if (_failures > 0) services.Log.WrittenAtLast(services.Object.Name, _failures);
    }
}
