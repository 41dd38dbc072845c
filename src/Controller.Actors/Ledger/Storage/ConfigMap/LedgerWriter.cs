using System.Threading.Channels;
using AkkaVault.Shared;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>The services of a <see cref="LedgerWriter"/>.</summary>
/// <param name="Object">The object that stores the ledger.</param>
/// <param name="Owner">Identifies this process, also among its own earlier runs.</param>
/// <param name="Observer">Metrics.</param>
/// <param name="Clock">This node's clock.</param>
/// <param name="Log">The writer's log.</param>
/// <param name="Cluster">This process' cluster; null: it is alone.</param>
internal sealed record LedgerWriterServices(
    ILedgerObject Object, string Owner, ILedgerObserver Observer, TimeProvider Clock, ILogger<LedgerWriter> Log, ILedgerCluster? Cluster = null);

/// <summary>Counts the writes of the ledger, for metrics.</summary>
internal interface ILedgerObserver
{
    /// <summary>The ledger was written.</summary>
    /// <param name="bytes">The size of all of it.</param>
    /// <param name="taken">From the first attempt to the answer.</param>
    void LedgerWritten(int bytes, TimeSpan taken);

    /// <summary>This process no longer owns the ledger.</summary>
    void LedgerLost(OwnershipLossReason reason);
}

/// <summary>
/// Reads and writes the ledger's object for the journal and the snapshot store. It sends one request to the API server at a time; all changes
/// that wait meanwhile go into the next one. It does what <see cref="LedgerClaim"/> and <see cref="LedgerWrite"/> decide, and tries again
/// for <see cref="Timeout"/> while there is no answer.
/// </summary>
internal sealed partial class LedgerWriter : IDisposable
{
    /// <summary>How long a write is tried again before it fails.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

    /// <summary>Above this size, in bytes, the watcher is asked for a snapshot, so that events can be deleted.</summary>
    public const int SnapshotLimit = 600 * 1024;

    /// <summary>Above this size, in bytes, a warning is logged: a ConfigMap holds 1 MiB (https://kubernetes.io/docs/concepts/configuration/configmap/).</summary>
    public const int WarningLimit = 900 * 1024;

    private static readonly Backoff RetryDelay = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));

    private readonly LedgerWriterServices _services;
    private readonly Action<LedgerNearlyFull> _nearlyFull;
    private readonly Channel<LedgerRequest> _requests = Channel.CreateUnbounded<LedgerRequest>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stopped = new();
    private LedgerOwnership _ownership = LedgerOwnership.None;
    private bool _nearlyFullLogged;

    /// <summary>Starts without a request.</summary>
    /// <param name="services">Its services.</param>
    /// <param name="nearlyFull">Called when a snapshot would make the ledger smaller.</param>
    public LedgerWriter(LedgerWriterServices services, Action<LedgerNearlyFull> nearlyFull)
    {
        (_services, _nearlyFull) = (services, nearlyFull);
        _ = Task.Run(() => RunAsync(_stopped.Token));
    }

    private DateTimeOffset Now => _services.Clock.GetUtcNow();

    /// <summary>Claims the ledger for a recovering actor, after all earlier requests, and reads it.</summary>
    /// <exception cref="LedgerOwnershipLostException">It could not be claimed.</exception>
    public Task<LedgerRecord> ClaimAsync(CancellationToken cancellation) => AskAsync(new LedgerRequest.Claim(), cancellation);

    /// <summary>As <see cref="ClaimAsync"/>, but uses a claim that a recovery has just made: a recovery loads its snapshot first, which claims, and then calls this.</summary>
    /// <exception cref="LedgerOwnershipLostException">It could not be claimed.</exception>
    public Task<LedgerRecord> ClaimOnceAsync(CancellationToken cancellation) => AskAsync(new LedgerRequest.ClaimOnce(), cancellation);

    /// <summary>Reads the ledger after all earlier requests.</summary>
    /// <exception cref="LedgerOwnershipLostException">The ledger is not claimed.</exception>
    public Task<LedgerRecord> ReadAsync(CancellationToken cancellation) => AskAsync(new LedgerRequest.Change(record => record), cancellation);

    /// <summary>Changes the ledger; completes when the change is stored.</summary>
    /// <exception cref="LedgerOwnershipLostException">The change is not stored and will not be: nothing may follow from it.</exception>
    public Task ChangeAsync(Func<LedgerRecord, LedgerRecord> change, CancellationToken cancellation) => AskAsync(new LedgerRequest.Change(change), cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _requests.Writer.TryComplete();
        _stopped.Cancel();
    }

    private Task<LedgerRecord> AskAsync(LedgerRequest request, CancellationToken cancellation) => _requests.Writer.TryWrite(request)
        ? request.Answer.Task.WaitAsync(cancellation)
        : Task.FromException<LedgerRecord>(new ObjectDisposedException(nameof(LedgerWriter)));

    private async Task RunAsync(CancellationToken cancellation)
    {
        var freshlyClaimed = false;
        try
        {
            while (await WaitToReadAsync(cancellation).ConfigureAwait(false))
            {
                var changes = new List<LedgerRequest.Change>();
                while (_requests.Reader.TryRead(out var request))
                {
                    if (request is LedgerRequest.Change change)
                    {
                        changes.Add(change);
                        continue;
                    }

                    await WriteAsync(changes, cancellation).ConfigureAwait(false);
                    changes.Clear();
                    if (request is LedgerRequest.Claim || !freshlyClaimed || _ownership is not LedgerOwnership.Owned) _ownership = await ClaimLedgerAsync(cancellation).ConfigureAwait(false);
                    freshlyClaimed = request is LedgerRequest.Claim;
                    Answer(request, _ownership);
                }

                await WriteAsync(changes, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _services.Log.LedgerWriterFailed(e, _services.Object.Name);
            throw;
        }
        finally
        {
            _requests.Writer.TryComplete();
            while (_requests.Reader.TryRead(out var request)) request.Answer.TrySetCanceled(CancellationToken.None);
        }
    }

    private static void Answer(LedgerRequest request, LedgerOwnership ownership)
    {
        if (ownership is LedgerOwnership.Owned owned) request.Answer.TrySetResult(owned.Record);
        else request.Answer.TrySetException(new LedgerOwnershipLostException(ownership as LedgerOwnership.Lost));
    }

    private async Task<LedgerOwnership> ClaimLedgerAsync(CancellationToken cancellation)
    {
        var attempt = new ClaimAttempt(_services.Owner, [], false, _services.Cluster?.Node ?? "");
        Func<string, OwnerRelation>? relationOf = _services.Cluster is { } cluster ? cluster.RelationOf : null;
        var retries = new RetryLoop(_services, RetryDelay, Timeout);
        while (true)
        {
            try
            {
                var found = await _services.Object.ReadAsync(cancellation).ConfigureAwait(false);
                var decision = LedgerClaim.Decide(_ownership, attempt, found, Guid.NewGuid().ToString("N"), Random.Shared.NextDouble(), relationOf);
                if (decision is LedgerClaim.Create or LedgerClaim.Replace)
                {
                    // Noted before it is sent: if the answer is lost, the next read shows whether it was stored.
                    var stamp = decision is LedgerClaim.Create made ? made.Stamp : ((LedgerClaim.Replace)decision).Stamp;
                    attempt = attempt with { Tried = attempt.Tried.Add(stamp.Write) };
                }

                switch (decision)
                {
                    case LedgerClaim.Done done:
                        return Claimed(done.Record, done.Stamp, done.Version);
                    case LedgerClaim.Wait wait:
                        _services.Log.LeftToOther(wait.Other, _services.Object.Name, wait.Delay);
                        await Task.Delay(wait.Delay, _services.Clock, cancellation).ConfigureAwait(false);
                        attempt = attempt with { HasWaited = true };
                        retries = new RetryLoop(_services, RetryDelay, Timeout);
                        break;
                    case LedgerClaim.Observe observe:
                        _services.Log.WatchesOther(observe.Other, _services.Object.Name, Silence.TotalSeconds);
                        await Task.Delay(Silence, _services.Clock, cancellation).ConfigureAwait(false);
                        attempt = attempt with { Watched = observe.Write };
                        retries = new RetryLoop(_services, RetryDelay, Timeout);
                        break;
                    case LedgerClaim.YieldTo yieldTo:
                        _services.Cluster?.YieldTo(yieldTo.Other);
                        return new LedgerOwnership.Lost(OwnershipLossReason.Taken, $"{yieldTo.Other}, of another cluster, owns it", (_ownership as LedgerOwnership.Lost)?.Left, _ownership.Disputes + 1);
                    case LedgerClaim.Create create:
                        return Claimed(create.Record, create.Stamp, await _services.Object.CreateAsync(LedgerCodec.Encode(create.Stamp, create.Record), cancellation).ConfigureAwait(false));
                    case LedgerClaim.Replace replace:
                        if (replace.Complaint is { } complaint)
                            _services.Log.BegunAnew(_services.Object.Name, complaint);
                        var content = LedgerCodec.Encode(replace.Stamp, replace.Record);
                        return Claimed(replace.Record, replace.Stamp, await _services.Object.ReplaceAsync(content, replace.Version, cancellation).ConfigureAwait(false));
                }
            }
            catch (LedgerObjectException e)
            {
                if (e.Failure != LedgerObjectFailure.Refused && await retries.PauseAsync(e, cancellation).ConfigureAwait(false)) continue;
                var reason = e.Failure == LedgerObjectFailure.Refused ? OwnershipLossReason.Refused : OwnershipLossReason.Unreachable;
                return new LedgerOwnership.Lost(reason, e.Message, (_ownership as LedgerOwnership.Lost)?.Left, _ownership.Disputes);
            }
        }
    }

    private LedgerOwnership.Owned Claimed(LedgerRecord record, LedgerStamp stamp, ObjectVersion version)
    {
        _writtenAt = _services.Clock.GetTimestamp();
        _services.Log.Claimed(_services.Object.Name, stamp.Owner, stamp.ClaimNumber, record.Events.Count, record.Snapshots.Count);
        return new LedgerOwnership.Owned(record, stamp, version, Now, _ownership.Disputes);
    }

    private async Task WriteAsync(List<LedgerRequest.Change> changes, CancellationToken cancellation)
    {
        if (changes.Count == 0) return;
        if (_ownership is not LedgerOwnership.Owned owned)
        {
            foreach (var change in changes) Answer(change, _ownership);
            return;
        }

        var (record, good) = (owned.Record, 0);
        SequenceConflictException? outOfStep = null;
        try
        {
            for (; good < changes.Count; good++) record = changes[good].Apply(record);
        }
        catch (SequenceConflictException e)
        {
            outOfStep = e;
        }

        _ownership = ReferenceEquals(record, owned.Record) ? owned : await StoreAsync(owned, record, cancellation).ConfigureAwait(false);
        foreach (var change in changes.Take(good)) Answer(change, _ownership);
        if (outOfStep is not null && _ownership is LedgerOwnership.Owned ending) _ownership = Lost(LedgerWrite.Lose(ending, OwnershipLossReason.OutOfStep, outOfStep.Message, Now));
        foreach (var change in changes.Skip(good)) Answer(change, _ownership);
    }

    private async Task<LedgerOwnership> StoreAsync(LedgerOwnership.Owned owned, LedgerRecord record, CancellationToken cancellation)
    {
        var stamp = owned.Stamp with { Write = Guid.NewGuid().ToString("N") };
        var content = LedgerCodec.Encode(stamp, record);
        Warn(content);
        var started = _services.Clock.GetTimestamp();
        var retries = new RetryLoop(_services, RetryDelay, Timeout);
        var version = owned.Version;
        while (true)
        {
            try
            {
                version = await _services.Object.ReplaceAsync(content, version, cancellation).ConfigureAwait(false);
                break;
            }
            catch (LedgerObjectException e)
            {
                var verdict = await JudgeAsync(owned with { Version = version }, stamp.Write, e, retries, cancellation).ConfigureAwait(false);
                if (verdict is LedgerWrite.Failed failed) return Lost(failed.Ownership);
                if (verdict is LedgerWrite.Again again) version = again.Version;
                if (verdict is not LedgerWrite.Stored found) continue;
                version = found.Version;
                break;
            }
        }

        retries.Succeeded();
        _writtenAt = _services.Clock.GetTimestamp();
        _services.Observer.LedgerWritten(content.Size, _services.Clock.GetElapsedTime(started));
        if (content.Size > SnapshotLimit && content.Parts[LedgerCodec.EventsPart].Length > content.Size / 8) _nearlyFull(new LedgerNearlyFull(content.Size));
        return owned with { Record = record, Stamp = stamp, Version = version, Renewals = [] };
    }

    private async Task<LedgerWrite> JudgeAsync(LedgerOwnership.Owned owned, string write, LedgerObjectException problem, RetryLoop retries, CancellationToken cancellation)
    {
        while (true)
        {
            if (problem.Failure == LedgerObjectFailure.Refused) return new LedgerWrite.Failed(LedgerWrite.Lose(owned, OwnershipLossReason.Refused, problem.Message, Now));
            var unreachable = problem.Failure == LedgerObjectFailure.Unreachable;
            if (unreachable && !await retries.PauseAsync(problem, cancellation).ConfigureAwait(false))
                return new LedgerWrite.Failed(LedgerWrite.Lose(owned, OwnershipLossReason.Unreachable, $"it could not be reached for {Timeout.TotalSeconds} s: {problem.Message}", Now));

            try
            {
                var verdict = LedgerWrite.Judge(owned, write, await _services.Object.ReadAsync(cancellation).ConfigureAwait(false), Now);
                // Refused as out of date although it is current: the API server lags. A pause avoids a busy loop.
                if (verdict is LedgerWrite.Again && !unreachable && !await retries.PauseAsync(problem, cancellation).ConfigureAwait(false))
                    return new LedgerWrite.Failed(LedgerWrite.Lose(owned, OwnershipLossReason.Unreachable, problem.Message, Now));
                return verdict;
            }
            catch (LedgerObjectException e)
            {
                problem = e;
            }
        }
    }

    private LedgerOwnership.Lost Lost(LedgerOwnership.Lost lost)
    {
        _services.Observer.LedgerLost(lost.Reason);
        _services.Log.Lost(_services.Object.Name, _services.Owner, lost.Explanation);
        return lost;
    }

    private void Warn(LedgerContent content)
    {
        var nearlyFull = content.Size > WarningLimit;
        if (nearlyFull && !_nearlyFullLogged)
            _services.Log.NearlyFull(_services.Object.Name, content.Size);
        _nearlyFullLogged = nearlyFull;
    }
}
