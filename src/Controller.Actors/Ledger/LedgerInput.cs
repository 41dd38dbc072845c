using System.Collections.Immutable;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Ledger;

/// <summary>What can happen to the ledger.</summary>
internal abstract record LedgerInput
{
    private LedgerInput()
    {
    }

    /// <summary>The watch has told of a pod, or how far it has come.</summary>
    /// <param name="Item">The next item of the watch.</param>
    public sealed record PodWatched(PodWatchItem Item) : LedgerInput;

    /// <summary>A pod actor has reported.</summary>
    /// <param name="Report">The report.</param>
    public sealed record Reported(IRunReport Report) : LedgerInput;

    /// <summary>Runs whose pod actor answered once, but has been silent for too long since, are to be assigned again.</summary>
    public sealed record SilenceCheckDue : LedgerInput;

    /// <summary>
    /// Runs whose assignment was not answered are to be assigned again: those that have waited longest, and not all at once.
    /// If thousands go unanswered, the pod actors are overloaded.
    /// </summary>
    public sealed record AnswerCheckDue : LedgerInput;

    /// <summary>
    /// It is not known which runs still have a pod actor, because the watcher has just recovered, or a node has left: all runs are to
    /// be assigned again, as if for the first time.
    /// </summary>
    public sealed record PodActorsLost : LedgerInput;

    /// <summary>Runs that want a redelivery are to get it: those for which it is time, and not all at once. See <see cref="RunLedger.RedeliveriesDueAt"/>.</summary>
    public sealed record RedeliveriesDue : LedgerInput;

    /// <summary>A snapshot is stored: there is room for as many events as are in it.</summary>
    /// <param name="EventCount">See <see cref="RunLedger.EventCount"/>, of the ledger that was stored.</param>
    public sealed record SnapshotStored(long EventCount) : LedgerInput;

    /// <summary>Commands were sent. Pod actors have time to answer from now on, not from the transition on, which had to be stored first.</summary>
    /// <param name="Commands">The commands.</param>
    public sealed record CommandsSent(ImmutableList<IPodCommand> Commands) : LedgerInput;
}
