using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>The leader writes the ledger regularly, by which other processes see that its cluster lives.</summary>
internal sealed partial class LedgerWriter
{
    /// <summary>The longest time between two writes of a leader: after that it writes the ledger unchanged, to show that its cluster lives.</summary>
    public static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(5);

    /// <summary>A ledger that could be read and has not changed for this time belongs to a cluster that has ended.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private long _writtenAt;

    private async Task<bool> WaitToReadAsync(CancellationToken cancellation)
    {
        var asked = _requests.Reader.WaitToReadAsync(cancellation).AsTask();
        if (_services.Cluster is not { } cluster) return await asked.ConfigureAwait(false);
        while (true)
        {
            var left = RenewalInterval - _services.Clock.GetElapsedTime(_writtenAt);
            if (left <= TimeSpan.Zero)
            {
                if (_ownership is LedgerOwnership.Owned owned && cluster.Leads) _ownership = await RenewAsync(owned, cancellation).ConfigureAwait(false);
                _writtenAt = _services.Clock.GetTimestamp();
                continue;
            }

            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(asked, Task.Delay(left, _services.Clock, enough.Token)).ConfigureAwait(false);
            await enough.CancelAsync().ConfigureAwait(false);
            if (asked.IsCompleted) return await asked.ConfigureAwait(false);
        }
    }

    // One attempt: nobody waits for the renewal, and the next is due soon.
    private async Task<LedgerOwnership> RenewAsync(LedgerOwnership.Owned owned, CancellationToken cancellation)
    {
        var stamp = owned.Stamp with { Write = Guid.NewGuid().ToString("N") };
        try
        {
            var version = await _services.Object.ReplaceAsync(LedgerCodec.Encode(stamp, owned.Record), owned.Version, cancellation).ConfigureAwait(false);
            return owned with { Stamp = stamp, Version = version, Renewals = [] };
        }
        catch (LedgerObjectException e) when (e.Failure is LedgerObjectFailure.Unreachable or LedgerObjectFailure.Refused)
        {
            _services.Log.LogDebug("{Ledger} was not renewed: {Problem}", _services.Object.Name, e.Message);
            return owned with { Renewals = owned.Renewals.Add(stamp.Write) };
        }
        catch (LedgerObjectException e)
        {
            return await JudgeAsync(owned, stamp.Write, e, new RetryLoop(_services, RetryDelay, TimeSpan.Zero), cancellation).ConfigureAwait(false) switch
            {
                LedgerWrite.Failed { Ownership: { Reason: not OwnershipLossReason.Unreachable } lost } => Lost(lost),
                LedgerWrite.Stored stored => owned with { Stamp = stamp, Version = stored.Version, Renewals = [] },
                LedgerWrite.Again again => owned with { Version = again.Version },
                _ => owned,
            };
        }
    }
}
