using System.Threading.Channels;
using AkkaVault.Controller.Pods;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Persistence;

/// <summary>What a keeper works with.</summary>
/// <param name="Object">Where the ledger is kept.</param>
/// <param name="Holder">This process, told from every other and from its own earlier runs.</param>
/// <param name="Observer">Metrics.</param>
/// <param name="Clock">This node's clock.</param>
/// <param name="Log">Where a person is told.</param>
/// <param name="Cluster">This process' cluster; null: it is alone.</param>
public sealed record LedgerKeeperServices(
    ILedgerObject Object, string Holder, ILedgerObserver Observer, TimeProvider Clock, ILogger<LedgerKeeper> Log, ILedgerCluster? Cluster = null);

/// <summary>Is told how the ledger is written: metrics.</summary>
public interface ILedgerObserver
{
    /// <summary>The ledger was written.</summary>
    /// <param name="bytes">The size of all of it.</param>
    /// <param name="taken">From the first try to the answer.</param>
    void LedgerWritten(int bytes, TimeSpan taken);

    /// <summary>This process holds the ledger no more.</summary>
    void LedgerLost(LossReason reason);
}

/// <summary>
/// Keeps the ledger's object for the journal and the snapshot store: one request to the API server at a time, all changes that
/// wait meanwhile go into the next one. <see cref="LedgerClaim"/> and <see cref="LedgerWrite"/> decide; this carries it out, and
/// goes on trying for as long as <see cref="Patience"/> while there is no answer.
/// </summary>
public sealed partial class LedgerKeeper : IDisposable
{
    /// <summary>How long a write is tried again before it fails.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Above this size, in bytes, the watcher is asked for a snapshot, so that the events can go.</summary>
    public const int RoomyLimit = 600 * 1024;

    /// <summary>Above this size, in bytes, an operator is told: a ConfigMap holds 1 MiB (https://kubernetes.io/docs/concepts/configuration/configmap/).</summary>
    public const int TightLimit = 900 * 1024;

    private static readonly Backoff Pause = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));

    private readonly LedgerKeeperServices _services;
    private readonly Action<LedgerNearlyFull> _nearlyFull;
    private readonly Channel<LedgerRequest> _requests = Channel.CreateUnbounded<LedgerRequest>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stopped = new();
    private LedgerTenure _tenure = LedgerTenure.None;
    private bool _tight;

    /// <summary>Starts one; it sends nothing until it is asked to.</summary>
    /// <param name="services">What it works with.</param>
    /// <param name="nearlyFull">Is told when a snapshot would make the ledger smaller.</param>
    public LedgerKeeper(LedgerKeeperServices services, Action<LedgerNearlyFull> nearlyFull)
    {
        (_services, _nearlyFull) = (services, nearlyFull);
        _ = Task.Run(() => RunAsync(_stopped.Token));
    }

    private DateTimeOffset Now => _services.Clock.GetUtcNow();

    /// <summary>Claims the ledger for a recovering actor, after all that was asked before, and reads it.</summary>
    /// <exception cref="LedgerLostException">It could not be claimed.</exception>
    public Task<LedgerRecord> ClaimAsync(CancellationToken cancellation) => AskAsync(new LedgerRequest.Claim(), cancellation);

    /// <summary>As <see cref="ClaimAsync"/>, but a claim that this was not called after yet is used: a recovery asks for its snapshot first, then for this.</summary>
    /// <exception cref="LedgerLostException">It could not be claimed.</exception>
    public Task<LedgerRecord> ClaimOnceAsync(CancellationToken cancellation) => AskAsync(new LedgerRequest.ClaimOnce(), cancellation);

    /// <summary>Reads the ledger after all that was asked before.</summary>
    /// <exception cref="LedgerLostException">It is not claimed.</exception>
    public Task<LedgerRecord> ReadAsync(CancellationToken cancellation) => AskAsync(new LedgerRequest.Change(record => record), cancellation);

    /// <summary>Changes the ledger; done when the change is stored.</summary>
    /// <exception cref="LedgerLostException">It was not stored and will not be: nothing may follow from it.</exception>
    public Task ChangeAsync(Func<LedgerRecord, LedgerRecord> change, CancellationToken cancellation) => AskAsync(new LedgerRequest.Change(change), cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _requests.Writer.TryComplete();
        _stopped.Cancel();
    }

    private Task<LedgerRecord> AskAsync(LedgerRequest request, CancellationToken cancellation) => _requests.Writer.TryWrite(request)
        ? request.Answer.Task.WaitAsync(cancellation)
        : Task.FromException<LedgerRecord>(new ObjectDisposedException(nameof(LedgerKeeper)));

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
                    if (request is LedgerRequest.Claim || !freshlyClaimed || _tenure is not LedgerTenure.Held) _tenure = await ClaimLedgerAsync(cancellation).ConfigureAwait(false);
                    freshlyClaimed = request is LedgerRequest.Claim;
                    Answer(request, _tenure);
                }

                await WriteAsync(changes, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _services.Log.KeptNoMore(e, _services.Object.Name);
            throw;
        }
        finally
        {
            _requests.Writer.TryComplete();
            while (_requests.Reader.TryRead(out var request)) request.Answer.TrySetCanceled(CancellationToken.None);
        }
    }

    private static void Answer(LedgerRequest request, LedgerTenure tenure)
    {
        if (tenure is LedgerTenure.Held held) request.Answer.TrySetResult(held.Record);
        else request.Answer.TrySetException(new LedgerLostException(tenure as LedgerTenure.Lost));
    }

    private async Task<LedgerTenure> ClaimLedgerAsync(CancellationToken cancellation)
    {
        var attempt = new ClaimAttempt(_services.Holder, [], false, _services.Cluster?.Node ?? "");
        Func<string, HolderRelation>? relationOf = _services.Cluster is { } cluster ? cluster.RelationOf : null;
        var trying = new Trying(_services, Pause, Patience);
        while (true)
        {
            try
            {
                var found = await _services.Object.ReadAsync(cancellation).ConfigureAwait(false);
                var decision = LedgerClaim.Decide(_tenure, attempt, found, Guid.NewGuid().ToString("N"), Random.Shared.NextDouble(), relationOf);
                if (decision is LedgerClaim.Create or LedgerClaim.Replace)
                {
                    // Named before it is sent: whatever happens to the answer, the next look tells.
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
                        attempt = attempt with { HeldOff = true };
                        trying = new Trying(_services, Pause, Patience);
                        break;
                    case LedgerClaim.Watch watch:
                        _services.Log.WatchesOther(watch.Other, _services.Object.Name, Silence.TotalSeconds);
                        await Task.Delay(Silence, _services.Clock, cancellation).ConfigureAwait(false);
                        attempt = attempt with { Watched = watch.Write };
                        trying = new Trying(_services, Pause, Patience);
                        break;
                    case LedgerClaim.GiveWay giveWay:
                        _services.Cluster?.GiveWay(giveWay.Other);
                        return new LedgerTenure.Lost(LossReason.Taken, $"{giveWay.Other}, of another cluster, holds it", (_tenure as LedgerTenure.Lost)?.Left, _tenure.Disputes + 1);
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
                if (e.Failure != LedgerObjectFailure.Refused && await trying.PauseAsync(e, cancellation).ConfigureAwait(false)) continue;
                var reason = e.Failure == LedgerObjectFailure.Refused ? LossReason.Refused : LossReason.Unreachable;
                return new LedgerTenure.Lost(reason, e.Message, (_tenure as LedgerTenure.Lost)?.Left, _tenure.Disputes);
            }
        }
    }

    private LedgerTenure.Held Claimed(LedgerRecord record, LedgerStamp stamp, ObjectVersion version)
    {
        _writtenAt = _services.Clock.GetTimestamp();
        _services.Log.Claimed(_services.Object.Name, stamp.Holder, stamp.Epoch, record.Events.Count, record.Snapshots.Count);
        return new LedgerTenure.Held(record, stamp, version, Now, _tenure.Disputes);
    }

    private async Task WriteAsync(List<LedgerRequest.Change> changes, CancellationToken cancellation)
    {
        if (changes.Count == 0) return;
        if (_tenure is not LedgerTenure.Held held)
        {
            foreach (var change in changes) Answer(change, _tenure);
            return;
        }

        var (record, good) = (held.Record, 0);
        OutOfStepException? outOfStep = null;
        try
        {
            for (; good < changes.Count; good++) record = changes[good].Apply(record);
        }
        catch (OutOfStepException e)
        {
            outOfStep = e;
        }

        _tenure = ReferenceEquals(record, held.Record) ? held : await StoreAsync(held, record, cancellation).ConfigureAwait(false);
        foreach (var change in changes.Take(good)) Answer(change, _tenure);
        if (outOfStep is not null && _tenure is LedgerTenure.Held ending) _tenure = Lost(LedgerWrite.Lose(ending, LossReason.OutOfStep, outOfStep.Message, Now));
        foreach (var change in changes.Skip(good)) Answer(change, _tenure);
    }

    private async Task<LedgerTenure> StoreAsync(LedgerTenure.Held held, LedgerRecord record, CancellationToken cancellation)
    {
        var stamp = held.Stamp with { Write = Guid.NewGuid().ToString("N") };
        var content = LedgerCodec.Encode(stamp, record);
        Warn(content);
        var started = _services.Clock.GetTimestamp();
        var trying = new Trying(_services, Pause, Patience);
        var version = held.Version;
        while (true)
        {
            try
            {
                version = await _services.Object.ReplaceAsync(content, version, cancellation).ConfigureAwait(false);
                break;
            }
            catch (LedgerObjectException e)
            {
                var verdict = await JudgeAsync(held with { Version = version }, stamp.Write, e, trying, cancellation).ConfigureAwait(false);
                if (verdict is LedgerWrite.Failed failed) return Lost(failed.Tenure);
                if (verdict is LedgerWrite.Again again) version = again.Version;
                if (verdict is not LedgerWrite.Stored found) continue;
                version = found.Version;
                break;
            }
        }

        trying.Over();
        _writtenAt = _services.Clock.GetTimestamp();
        _services.Observer.LedgerWritten(content.Size, _services.Clock.GetElapsedTime(started));
        if (content.Size > RoomyLimit && content.Parts[LedgerCodec.EventsPart].Length > content.Size / 8) _nearlyFull(new LedgerNearlyFull(content.Size));
        return held with { Record = record, Stamp = stamp, Version = version, Renewals = [] };
    }

    private async Task<LedgerWrite> JudgeAsync(LedgerTenure.Held held, string write, LedgerObjectException problem, Trying trying, CancellationToken cancellation)
    {
        while (true)
        {
            if (problem.Failure == LedgerObjectFailure.Refused) return new LedgerWrite.Failed(LedgerWrite.Lose(held, LossReason.Refused, problem.Message, Now));
            var unreachable = problem.Failure == LedgerObjectFailure.Unreachable;
            if (unreachable && !await trying.PauseAsync(problem, cancellation).ConfigureAwait(false))
                return new LedgerWrite.Failed(LedgerWrite.Lose(held, LossReason.Unreachable, $"it could not be reached for {Patience.TotalSeconds} s: {problem.Message}", Now));

            try
            {
                var verdict = LedgerWrite.Judge(held, write, await _services.Object.ReadAsync(cancellation).ConfigureAwait(false), Now);
                // Refused as out of date and yet current: an API server that lags; not to be asked in a tight loop.
                if (verdict is LedgerWrite.Again && !unreachable && !await trying.PauseAsync(problem, cancellation).ConfigureAwait(false))
                    return new LedgerWrite.Failed(LedgerWrite.Lose(held, LossReason.Unreachable, problem.Message, Now));
                return verdict;
            }
            catch (LedgerObjectException e)
            {
                problem = e;
            }
        }
    }

    private LedgerTenure.Lost Lost(LedgerTenure.Lost lost)
    {
        _services.Observer.LedgerLost(lost.Reason);
        _services.Log.Lost(_services.Object.Name, _services.Holder, lost.Explanation);
        return lost;
    }

    private void Warn(LedgerContent content)
    {
        var tight = content.Size > TightLimit;
        if (tight && !_tight)
            _services.Log.NearlyFull(_services.Object.Name, content.Size);
        _tight = tight;
    }
}
