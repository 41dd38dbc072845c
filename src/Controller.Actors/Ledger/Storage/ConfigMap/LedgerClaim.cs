using System.Collections.Immutable;
using AkkaVault.Shared;

namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>A claim that is under way.</summary>
/// <param name="Owner">This process.</param>
/// <param name="Tried">The writes that were sent for it; each may have been stored.</param>
/// <param name="HasWaited">Whether it has already waited for another owner.</param>
/// <param name="Node">This process as a member of a cluster; empty: of none.</param>
/// <param name="Watched">The write of an owner of another cluster that was watched for long enough; null: none yet.</param>
internal sealed record ClaimAttempt(string Owner, ImmutableHashSet<string> Tried, bool HasWaited, string Node = "", string? Watched = null);

/// <summary>
/// How a recovering watcher claims the ledger: by writing it. The version of the previous owner is then out of date, so the previous owner
/// is fenced at once, even before the new one stores an event.
/// </summary>
internal abstract record LedgerClaim
{
    /// <summary>
    /// How long a process leaves the ledger to another that took it: by then the cluster has decided which of the two goes on. It grows while
    /// the two go on taking the ledger from one another.
    /// </summary>
    public static readonly Backoff DisputeDelay = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60));

    private LedgerClaim()
    {
    }

    /// <summary>Create the object.</summary>
    /// <param name="Record">With this in it.</param>
    /// <param name="Stamp">And this stamp.</param>
    public sealed record Create(LedgerRecord Record, LedgerStamp Stamp) : LedgerClaim;

    /// <summary>Replace the object.</summary>
    /// <param name="Record">With this in it.</param>
    /// <param name="Stamp">And this stamp.</param>
    /// <param name="Version">If it is still at this version.</param>
    /// <param name="Complaint">What is wrong with it, for people; null: nothing.</param>
    public sealed record Replace(LedgerRecord Record, LedgerStamp Stamp, ObjectVersion Version, string? Complaint) : LedgerClaim;

    /// <summary>Leave the ledger to another for this time, then read it again.</summary>
    /// <param name="Other">The other.</param>
    /// <param name="Delay">How long.</param>
    public sealed record Wait(string Other, TimeSpan Delay) : LedgerClaim;

    /// <summary>Wait whether an owner of another cluster writes again, then read the ledger again.</summary>
    /// <param name="Other">The other.</param>
    /// <param name="Write">Its last write.</param>
    public sealed record Observe(string Other, string Write) : LedgerClaim;

    /// <summary>Give the ledger up: another cluster owns it, and is alive.</summary>
    /// <param name="Other">Its owner.</param>
    public sealed record YieldTo(string Other) : LedgerClaim;

    /// <summary>An earlier attempt of this claim was stored after all.</summary>
    /// <param name="Record">What is stored.</param>
    /// <param name="Stamp">The claim's.</param>
    /// <param name="Version">The object as the claim left it.</param>
    public sealed record Done(LedgerRecord Record, LedgerStamp Stamp, ObjectVersion Version) : LedgerClaim;

    /// <summary>Decides.</summary>
    /// <param name="ownership">What this process knows of the ledger.</param>
    /// <param name="attempt">The claim so far.</param>
    /// <param name="found">The object as it is now; null: there is none.</param>
    /// <param name="write">A name for the next write.</param>
    /// <param name="jitter">From 0 to 1.</param>
    /// <param name="relationOf">What the owner is to this process; null: there is no cluster.</param>
    public static LedgerClaim Decide(LedgerOwnership ownership, ClaimAttempt attempt, ReadLedger? found, string write, double jitter, Func<string, OwnerRelation>? relationOf = null)
    {
        var lost = ownership as LedgerOwnership.Lost;
        // Left is there only when the deletion itself was the first that this process heard: had another claimed the object before
        // that, the write would have met a conflict and not an object that is missing, unless both came in between.
        if (found is null) return new Create(lost?.Left ?? LedgerRecord.Empty, new LedgerStamp(attempt.Owner, 1, write, attempt.Node));

        DecodedLedger decoded;
        try
        {
            decoded = LedgerCodec.Decode(found.Content);
        }
        catch (InvalidDataException e)
        {
            return new Replace(LedgerRecord.Empty, new LedgerStamp(attempt.Owner, 1, write, attempt.Node), found.Version, e.Message);
        }

        var (stamp, record) = (decoded.Stamp, decoded.Record);
        if (attempt.Tried.Contains(stamp.Write)) return new Done(record, stamp, found.Version);
        if (stamp.Node.Length > 0 && relationOf?.Invoke(stamp.Node) is { } other && (other == OwnerRelation.OtherCluster || (other == OwnerRelation.FormerMember && lost is { Disputes: > 0 })))
        {
            if (attempt.Watched is null) return new Observe(stamp.Node, stamp.Write);
            if (attempt.Watched != stamp.Write) return new YieldTo(stamp.Node);
            return new Replace(record, new LedgerStamp(attempt.Owner, stamp.ClaimNumber + 1, write, attempt.Node), found.Version, null);
        }

        // One that only could not be reached was taken by nobody: whose name is on it may well be dead.
        if (lost is { Disputes: > 0 } && stamp.Owner != attempt.Owner && !attempt.HasWaited)
            return new Wait(stamp.Owner, DisputeDelay.After(lost.Disputes, jitter));
        return new Replace(record, new LedgerStamp(attempt.Owner, stamp.ClaimNumber + 1, write, attempt.Node), found.Version, null);
    }
}
