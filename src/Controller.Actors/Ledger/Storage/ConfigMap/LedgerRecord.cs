using System.Collections.Immutable;
using Akka.Persistence;

namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>
/// All that the ledger's object holds for Akka.Persistence: the events and snapshots of one persistent actor. Immutable.
/// </summary>
/// <param name="Highest">The highest sequence number ever written; remembered when events are deleted.</param>
/// <param name="Events">By sequence number.</param>
/// <param name="Snapshots">By sequence number.</param>
internal sealed record LedgerRecord(long Highest, ImmutableList<StoredEvent> Events, ImmutableList<StoredSnapshot> Snapshots)
{
    /// <summary>The size in bytes up to which older snapshots stay beside the newest: a new one must not take the object over its limit.</summary>
    public const int SnapshotBudget = 128 * 1024;

    /// <summary>Nothing was written yet.</summary>
    public static readonly LedgerRecord Empty = new(0, [], []);

    /// <summary>With more events.</summary>
    /// <exception cref="SequenceConflictException">Their numbers were used already: the writer does not know all that was written.</exception>
    public LedgerRecord Append(IReadOnlyList<StoredEvent> events)
    {
        if (events.Count == 0) return this;
        var highest = Highest;
        foreach (var stored in events)
        {
            if (stored.SequenceNr <= highest) throw new SequenceConflictException(stored.SequenceNr, highest);
            highest = stored.SequenceNr;
        }

        return this with { Highest = highest, Events = Events.AddRange(events) };
    }

    /// <summary>Without the events up to a sequence number, itself included.</summary>
    public LedgerRecord DeleteTo(long sequenceNr)
    {
        var count = Events.FindIndex(stored => stored.SequenceNr > sequenceNr);
        if (count < 0) count = Events.Count;
        return count == 0 ? this : this with { Events = Events.RemoveRange(0, count) };
    }

    /// <summary>The events from one sequence number to another, both included.</summary>
    /// <param name="from">The first.</param>
    /// <param name="to">The last.</param>
    /// <param name="max">How many at most.</param>
    public IEnumerable<StoredEvent> Replay(long from, long to, long max) =>
        Events.Where(stored => stored.SequenceNr >= from && stored.SequenceNr <= to).Take((int)Math.Clamp(max, 0, int.MaxValue));

    /// <summary>
    /// With a snapshot, in place of one of the same sequence number and of the events that are in it. Those would only take room until they are deleted, and
    /// an object that has none left takes nothing more.
    /// </summary>
    public LedgerRecord Save(StoredSnapshot snapshot)
    {
        var snapshots = Snapshots.RemoveAll(other => other.SequenceNr == snapshot.SequenceNr).Add(snapshot)
            .Sort((a, b) => a.SequenceNr.CompareTo(b.SequenceNr));
        while (snapshots.Count > 1 && snapshots.Sum(snapshot => snapshot.Payload.Bytes.Length) > SnapshotBudget) snapshots = snapshots.RemoveAt(0);
        return DeleteTo(snapshot.SequenceNr) with { Snapshots = snapshots };
    }

    /// <summary>The newest snapshot that meets the criteria, or null.</summary>
    public StoredSnapshot? Find(SnapshotSelectionCriteria criteria) => Snapshots.FindLast(snapshot => Meets(snapshot, criteria));

    /// <summary>Without the snapshots that meet the criteria.</summary>
    public LedgerRecord Delete(SnapshotSelectionCriteria criteria)
    {
        var left = Snapshots.RemoveAll(snapshot => Meets(snapshot, criteria));
        return left.Count == Snapshots.Count ? this : this with { Snapshots = left };
    }

    private static bool Meets(StoredSnapshot snapshot, SnapshotSelectionCriteria criteria) =>
        snapshot.SequenceNr <= criteria.MaxSequenceNr && snapshot.SequenceNr >= criteria.MinSequenceNr
        && snapshot.Timestamp <= criteria.MaxTimeStamp && (criteria.MinTimestamp is not { } oldest || snapshot.Timestamp >= oldest);
}

/// <summary>An event's sequence number was used already.</summary>
/// <param name="sequenceNr">The event's.</param>
/// <param name="highest">The highest that was written.</param>
internal sealed class SequenceConflictException(long sequenceNr, long highest)
    : Exception($"event {sequenceNr} comes after event {highest} was stored: its writer has not recovered from what is stored");
