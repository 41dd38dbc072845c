using AkkaVault.Controller.Common;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>The repetitions of one request while there is no good answer.</summary>
internal sealed class RetryLoop(LedgerWriterServices services, Backoff pause, TimeSpan patience)
{
    private readonly DateTimeOffset _deadline = services.Clock.GetUtcNow() + patience;
    private int _failures;

    /// <summary>Waits before the next try.</summary>
    /// <returns>False: it has been tried long enough.</returns>
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
