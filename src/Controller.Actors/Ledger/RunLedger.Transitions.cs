using System.Collections.Immutable;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Ledger;

/// <summary>What an input leads to: what is to be stored, and what is to be sent once it is.</summary>
/// <param name="Ledger">The ledger with the events applied.</param>
/// <param name="Events">What is to be stored, in order.</param>
/// <param name="Commands">What is to be sent to pod actors after the events are stored.</param>
public sealed record LedgerDecision(RunLedger Ledger, ImmutableList<ILedgerEvent> Events, ImmutableList<IPodCommand> Commands)
{
    /// <summary>How long a run may be silent before it is sent to its pod actor again.</summary>
    public static readonly TimeSpan SilenceTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The same for one that was driven, which each pod actor answers at once: nobody may be where it was sent to, since its shard moves
    /// or its node is gone. Doubles, up to <see cref="SilenceTimeout"/>, when that
    /// has happened <see cref="FastRetries"/> times.
    /// </summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromMilliseconds(250);

    /// <summary>How often; together longer than a shard takes to find another home.</summary>
    public const int FastRetries = 4;

    /// <summary>How many that were not answered are sent again at once.</summary>
    public const int MaxReassignedAtOnce = 500;

    /// <summary>Takes in one item of the pod feed.</summary>
    public static LedgerDecision Handle(RunLedger ledger, PodWatchItem item, DateTimeOffset now)
    {
        var start = new LedgerDecision(ledger, [], []);
        switch (item)
        {
            case PodWatchItem.Listed listed:
                // A list's items must not move the cursor: only its end does, when everything in it was taken in.
                return start.Observe(listed.Pod, ledger.ResumeToken, now);
            case PodWatchItem.Changed changed:
                return start.Observe(changed.Pod, changed.ResumeToken, now).WithResumeToken(changed.ResumeToken);
            case PodWatchItem.Deleted deleted:
                return start.CancelRuns(deleted.Uid, _ => true, "the pod is gone", deleted.ResumeToken, now).WithResumeToken(deleted.ResumeToken);
            case PodWatchItem.ListEnded ended:
                return ledger.Pods.Keys.Where(uid => !ended.Uids.Contains(uid))
                    .Aggregate(start, (decision, uid) => decision.CancelRuns(uid, _ => true, "the pod is gone", ledger.ResumeToken, now))
                    .Store(new Advanced(ended.ResumeToken));
            case PodWatchItem.Bookmark bookmark:
                return start.Store(new Advanced(bookmark.ResumeToken));
            default:
                throw new ArgumentOutOfRangeException(nameof(item), item.GetType().Name, "not a feed item");
        }
    }

    /// <summary>Takes in a pod actor's report.</summary>
    public static LedgerDecision Handle(RunLedger ledger, IRunReport report, DateTimeOffset now)
    {
        var cursor = ledger.ResumeToken;
        if (ledger.Find(report.Run) is not { } entry)
            return new LedgerDecision(ledger, [], ForUnknown(report));

        var start = new LedgerDecision(ledger.With(entry with { LastContactAt = now, UnansweredAssigns = 0 }), [], []);
        return report switch
        {
            RunProgressed => start,
            // Stored first, as every drive: a leader that is none any more sends nothing.
            RunUnassigned => entry.HasWork ? start.Store(new Advanced(cursor)).Touch(entry.Target.Run, now).Send(CommandFor(entry)) : start,
            IWrappingTokenReport wraps => start.HandleTokens(entry, wraps, cursor),
            _ => throw new ArgumentOutOfRangeException(nameof(report), report.GetType().Name, "not a report"),
        };
    }

    /// <summary>
    /// Sends to their pod actors all runs with work that were answered and then silent for too long. Something is stored first, although
    /// nothing has changed: a watcher that is the leader no more finds out by it, and sends nothing.
    /// </summary>
    public static LedgerDecision ReassignSilent(RunLedger ledger, DateTimeOffset now) => Send(ledger, Due(ledger, now).Where(entry => entry.UnansweredAssigns == 0), now);

    /// <summary>
    /// The same for those that were driven and not answered, the longest first, and not for all at once: where thousands are not
    /// answered, it is for want of time.
    /// </summary>
    public static LedgerDecision ReassignUnanswered(RunLedger ledger, DateTimeOffset now) =>
        Send(ledger, Due(ledger, now).Where(entry => entry.UnansweredAssigns > 0).OrderBy(entry => entry.LastContactAt).Take(MaxReassignedAtOnce), now);

    /// <summary>The same for all of them, as if for the first time: nobody knows which still have an actor.</summary>
    public static LedgerDecision ReassignAll(RunLedger ledger, DateTimeOffset now) =>
        Send(ledger, ledger.Entries.Where(entry => entry.HasWork).Select(entry => entry with { UnansweredAssigns = 0 }), now);

    /// <summary>Commands were sent: who is to answer them has time from now on, not from the decision on, which had to be stored.</summary>
    public static RunLedger Sent(RunLedger ledger, IEnumerable<IPodCommand> commands, DateTimeOffset now) => commands.OfType<AssignRun>().Aggregate(
        ledger, (l, drive) => l.Find(drive.Run) is { UnansweredAssigns: > 0 } entry ? l.With(entry with { LastContactAt = now }) : l);

    private static IEnumerable<LedgerEntry> Due(RunLedger ledger, DateTimeOffset now) => ledger.Entries.Where(entry => entry.HasWork && IsDue(entry, now));

    private static LedgerDecision Send(RunLedger ledger, IEnumerable<LedgerEntry> entries, DateTimeOffset now)
    {
        var due = entries.ToList();
        return new LedgerDecision(
            due.Aggregate(ledger, (l, entry) => l.With(Sent(entry, now))), due.Count == 0 ? [] : [new Advanced(ledger.ResumeToken)], [.. due.Select(CommandFor)]);
    }

    // A clock that was set back must not keep anybody waiting.
    private static bool IsDue(LedgerEntry entry, DateTimeOffset now) => entry.LastContactAt > now || now - entry.LastContactAt >= TimeoutOf(entry);

    private static TimeSpan TimeoutOf(LedgerEntry entry) => entry.UnansweredAssigns switch
    {
        0 => SilenceTimeout,
        var times => TimeSpan.FromTicks(Math.Min(SilenceTimeout.Ticks, AnswerTimeout.Ticks << Math.Clamp(times - FastRetries, 0, 10))),
    };

    // A drop is not answered before all is revoked, which takes as long as Vault takes.
    private static LedgerEntry Sent(LedgerEntry entry, DateTimeOffset now) =>
        entry with { LastContactAt = now, UnansweredAssigns = entry.Status == RunStatus.Pending ? entry.UnansweredAssigns + 1 : 0 };

    private static IPodCommand CommandFor(LedgerEntry entry) => entry.Status == RunStatus.Pending
        ? new AssignRun(entry.Target, entry.SeenAt, entry.PendingRevocations)
        : new CancelRun(entry.Target.Run, entry.PendingRevocations);

    private LedgerDecision HandleTokens(LedgerEntry entry, IWrappingTokenReport report, string cursor)
    {
        var run = entry.Target.Run;
        // What this actor does not know of, another one issued: it is still to be revoked, by whichever is there now.
        var others = entry.PendingRevocations.RemoveAll(wrap => report.Resolved.Contains(wrap.Accessor) || report.PendingRevocations.Exists(known => known.Accessor == wrap.Accessor));
        var all = others.AddRange(report.PendingRevocations);
        var changed = all.SequenceEqual(entry.PendingRevocations) ? this : Store(new Issued(run, all, cursor));
        return (report, entry.Status) switch
        {
            (RunIssued, RunStatus.Pending) => others.IsEmpty ? changed : changed.Send(new AssignRun(entry.Target, entry.SeenAt, all)),
            (RunIssued, _) => changed.Send(new CancelRun(run, all)),
            (RunDelivered, RunStatus.Pending) => Store(new Delivered(run, all, cursor)).Ack(run, all, others),
            (RunDelivered, _) => changed.Ack(run, all, others),
            (RunEnded, RunStatus.Cancelled) => all.IsEmpty ? Store(new Removed(run, cursor)) : changed.Send(new CancelRun(run, all)),
            (RunEnded, RunStatus.Delivered) => all.IsEmpty ? changed : changed.Send(new CancelRun(run, all)),
            // The pod actor ended a run that was accepted again in the meantime.
            (RunEnded, _) => changed.Send(new AssignRun(entry.Target, entry.SeenAt, all)),
            _ => throw new ArgumentOutOfRangeException(nameof(report), report.GetType().Name, "not a report"),
        };
    }

    private LedgerDecision Ack(RunId run, ImmutableList<PendingRevocation> all, ImmutableList<PendingRevocation> others) =>
        Send(others.IsEmpty ? new AckRun(run) : new CancelRun(run, all));

    // The ledger was lost or the run released: its actor has no business any more.
    private static ImmutableList<IPodCommand> ForUnknown(IRunReport report) => report switch
    {
        RunDelivered => [new AckRun(report.Run)],
        RunEnded or RunUnassigned => [],
        RunIssued issued => [new CancelRun(report.Run, issued.PendingRevocations)],
        _ => [new CancelRun(report.Run, [])],
    };

    private LedgerDecision Observe(ObservedPod pod, string cursor, DateTimeOffset now)
    {
        if (pod.Target is not { } target) return CancelRuns(pod.Uid, _ => true, pod.NoTargetReason, cursor, now);
        var decision = CancelRuns(pod.Uid, entry => entry.Target.Run != target.Run, "a newer run of the init container", cursor, now);
        var known = Ledger.Find(target.Run);
        if (known is { Status: RunStatus.Delivered }) return decision;
        if (known is { Status: RunStatus.Pending } && known.Target == target) return decision;
        var seenAt = known?.SeenAt ?? now;
        return decision.Store(new Added(target, seenAt, cursor)).Touch(target.Run, now)
            .Send(new AssignRun(target, seenAt, known?.PendingRevocations ?? []));
    }

    private LedgerDecision CancelRuns(string uid, Func<LedgerEntry, bool> which, string reason, string cursor, DateTimeOffset now) =>
        Ledger.EntriesOf(uid).Where(which).Aggregate(this, (decision, entry) => entry switch
        {
            { Status: RunStatus.Cancelled } => decision,
            { HasWork: false } => decision.Store(new Removed(entry.Target.Run, cursor)),
            _ => decision.Store(new Cancelled(entry.Target.Run, reason, cursor)).Touch(entry.Target.Run, now)
                .Send(new CancelRun(entry.Target.Run, entry.PendingRevocations)),
        });

    private LedgerDecision Store(ILedgerEvent happened) => this with { Ledger = Ledger.Apply(happened), Events = Events.Add(happened) };

    private LedgerDecision Send(IPodCommand command) => this with { Commands = Commands.Add(command) };

    private LedgerDecision Touch(RunId run, DateTimeOffset now) =>
        this with { Ledger = Ledger.With(Sent(Ledger.Find(run)!, now)) };

    // An event that changed nothing moves the cursor in memory only: what is stored is never ahead of what was taken in.
    private LedgerDecision WithResumeToken(string cursor) => this with { Ledger = Ledger with { ResumeToken = cursor } };
}
