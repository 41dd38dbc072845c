using System.Collections.Immutable;

namespace AkkaVault.Controller.Pods;

/// <summary>What an input leads to: what is to be stored, and what is to be sent once it is.</summary>
/// <param name="Ledger">The ledger with the events applied.</param>
/// <param name="Events">What is to be stored, in order.</param>
/// <param name="Commands">What is to be sent to pod actors after the events are stored.</param>
public sealed record LedgerDecision(Ledger Ledger, ImmutableList<ILedgerEvent> Events, ImmutableList<IPodCommand> Commands)
{
    /// <summary>How long a run may be silent before it is sent to its pod actor again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The same for one that was driven, which each pod actor answers at once: nobody may be where it was sent to, since its shard moves
    /// or its node is gone. Doubles, up to <see cref="Patience"/>, when that
    /// has happened <see cref="DoubtfulTimes"/> times.
    /// </summary>
    public static readonly TimeSpan Doubt = TimeSpan.FromMilliseconds(250);

    /// <summary>How often; together longer than a shard takes to find another home.</summary>
    public const int DoubtfulTimes = 4;

    /// <summary>How many that were not answered are sent again at once.</summary>
    public const int MostAtOnce = 500;

    /// <summary>Takes in one item of the pod feed.</summary>
    public static LedgerDecision On(Ledger ledger, PodFeedItem item, DateTimeOffset now)
    {
        var start = new LedgerDecision(ledger, [], []);
        switch (item)
        {
            case PodFeedItem.Listed listed:
                // A list's items must not move the cursor: only its end does, when everything in it was taken in.
                return start.See(listed.Pod, ledger.Cursor, now);
            case PodFeedItem.Changed changed:
                return start.See(changed.Pod, changed.Cursor, now).At(changed.Cursor);
            case PodFeedItem.Deleted deleted:
                return start.EndRuns(deleted.Uid, _ => true, "the pod is gone", deleted.Cursor, now).At(deleted.Cursor);
            case PodFeedItem.ListEnded ended:
                return ledger.Pods.Keys.Where(uid => !ended.Uids.Contains(uid))
                    .Aggregate(start, (decision, uid) => decision.EndRuns(uid, _ => true, "the pod is gone", ledger.Cursor, now))
                    .Store(new Reached(ended.Cursor));
            case PodFeedItem.Bookmark bookmark:
                return start.Store(new Reached(bookmark.Cursor));
            default:
                throw new ArgumentOutOfRangeException(nameof(item), item.GetType().Name, "not a feed item");
        }
    }

    /// <summary>Takes in a pod actor's report.</summary>
    public static LedgerDecision On(Ledger ledger, IRunReport report, DateTimeOffset now)
    {
        var cursor = ledger.Cursor;
        if (ledger.Find(report.Run) is not { } entry)
            return new LedgerDecision(ledger, [], ForUnknown(report));

        var start = new LedgerDecision(ledger.With(entry with { TouchedAt = now, Unanswered = 0 }), [], []);
        return report switch
        {
            RunProgressed => start,
            // Stored first, as every drive: a leader that is none any more sends nothing.
            RunLetGo => entry.HasWork ? start.Store(new Reached(cursor)).Touch(entry.Target.Run, now).Send(CommandFor(entry)) : start,
            IWrapReport wraps => start.OnWraps(entry, wraps, cursor),
            _ => throw new ArgumentOutOfRangeException(nameof(report), report.GetType().Name, "not a report"),
        };
    }

    /// <summary>
    /// Sends to their pod actors all runs with work that were answered and then silent for too long. Something is stored first, although
    /// nothing has changed: a watcher that is the leader no more finds out by it, and sends nothing.
    /// </summary>
    public static LedgerDecision RedriveSilent(Ledger ledger, DateTimeOffset now) => Send(ledger, Due(ledger, now).Where(entry => entry.Unanswered == 0), now);

    /// <summary>
    /// The same for those that were driven and not answered, the longest first, and not for all at once: where thousands are not
    /// answered, it is for want of time.
    /// </summary>
    public static LedgerDecision RedriveUnanswered(Ledger ledger, DateTimeOffset now) =>
        Send(ledger, Due(ledger, now).Where(entry => entry.Unanswered > 0).OrderBy(entry => entry.TouchedAt).Take(MostAtOnce), now);

    /// <summary>The same for all of them, as if for the first time: nobody knows which still have an actor.</summary>
    public static LedgerDecision RedriveAll(Ledger ledger, DateTimeOffset now) =>
        Send(ledger, ledger.Entries.Where(entry => entry.HasWork).Select(entry => entry with { Unanswered = 0 }), now);

    /// <summary>Commands were sent: who is to answer them has time from now on, not from the decision on, which had to be stored.</summary>
    public static Ledger Sent(Ledger ledger, IEnumerable<IPodCommand> commands, DateTimeOffset now) => commands.OfType<DriveRun>().Aggregate(
        ledger, (l, drive) => l.Find(drive.Run) is { Unanswered: > 0 } entry ? l.With(entry with { TouchedAt = now }) : l);

    private static IEnumerable<LedgerEntry> Due(Ledger ledger, DateTimeOffset now) => ledger.Entries.Where(entry => entry.HasWork && IsDue(entry, now));

    private static LedgerDecision Send(Ledger ledger, IEnumerable<LedgerEntry> entries, DateTimeOffset now)
    {
        var due = entries.ToList();
        return new LedgerDecision(
            due.Aggregate(ledger, (l, entry) => l.With(Sent(entry, now))), due.Count == 0 ? [] : [new Reached(ledger.Cursor)], [.. due.Select(CommandFor)]);
    }

    // A clock that was set back must not keep anybody waiting.
    private static bool IsDue(LedgerEntry entry, DateTimeOffset now) => entry.TouchedAt > now || now - entry.TouchedAt >= PatienceWith(entry);

    private static TimeSpan PatienceWith(LedgerEntry entry) => entry.Unanswered switch
    {
        0 => Patience,
        var times => TimeSpan.FromTicks(Math.Min(Patience.Ticks, Doubt.Ticks << Math.Clamp(times - DoubtfulTimes, 0, 10))),
    };

    // A drop is not answered before all is revoked, which takes as long as Vault takes.
    private static LedgerEntry Sent(LedgerEntry entry, DateTimeOffset now) =>
        entry with { TouchedAt = now, Unanswered = entry.Status == RunStatus.InHand ? entry.Unanswered + 1 : 0 };

    private static IPodCommand CommandFor(LedgerEntry entry) => entry.Status == RunStatus.InHand
        ? new DriveRun(entry.Target, entry.SeenAt, entry.Outstanding)
        : new DropRun(entry.Target.Run, entry.Outstanding);

    private LedgerDecision OnWraps(LedgerEntry entry, IWrapReport report, string cursor)
    {
        var run = entry.Target.Run;
        // What this actor does not know of, another one issued: it is still to be revoked, by whichever is there now.
        var others = entry.Outstanding.RemoveAll(wrap => report.Over.Contains(wrap.Accessor) || report.Outstanding.Exists(known => known.Accessor == wrap.Accessor));
        var all = others.AddRange(report.Outstanding);
        var changed = all.SequenceEqual(entry.Outstanding) ? this : Store(new Issued(run, all, cursor));
        return (report, entry.Status) switch
        {
            (RunIssued, RunStatus.InHand) => others.IsEmpty ? changed : changed.Send(new DriveRun(entry.Target, entry.SeenAt, all)),
            (RunIssued, _) => changed.Send(new DropRun(run, all)),
            (RunDelivered, RunStatus.InHand) => Store(new Delivered(run, all, cursor)).Settle(run, all, others),
            (RunDelivered, _) => changed.Settle(run, all, others),
            (RunEnded, RunStatus.Ended) => all.IsEmpty ? Store(new Released(run, cursor)) : changed.Send(new DropRun(run, all)),
            (RunEnded, RunStatus.Delivered) => all.IsEmpty ? changed : changed.Send(new DropRun(run, all)),
            // The pod actor ended a run that was accepted again in the meantime.
            (RunEnded, _) => changed.Send(new DriveRun(entry.Target, entry.SeenAt, all)),
            _ => throw new ArgumentOutOfRangeException(nameof(report), report.GetType().Name, "not a report"),
        };
    }

    private LedgerDecision Settle(RunId run, ImmutableList<OutstandingWrap> all, ImmutableList<OutstandingWrap> others) =>
        Send(others.IsEmpty ? new SettleRun(run) : new DropRun(run, all));

    // The ledger was lost or the run released: its actor has no business any more.
    private static ImmutableList<IPodCommand> ForUnknown(IRunReport report) => report switch
    {
        RunDelivered => [new SettleRun(report.Run)],
        RunEnded or RunLetGo => [],
        RunIssued issued => [new DropRun(report.Run, issued.Outstanding)],
        _ => [new DropRun(report.Run, [])],
    };

    private LedgerDecision See(PodSeen pod, string cursor, DateTimeOffset now)
    {
        if (pod.Target is not { } target) return EndRuns(pod.Uid, _ => true, pod.NoTargetReason, cursor, now);
        var decision = EndRuns(pod.Uid, entry => entry.Target.Run != target.Run, "a newer run of the init container", cursor, now);
        var known = Ledger.Find(target.Run);
        if (known is { Status: RunStatus.Delivered }) return decision;
        if (known is { Status: RunStatus.InHand } && known.Target == target) return decision;
        var seenAt = known?.SeenAt ?? now;
        return decision.Store(new Accepted(target, seenAt, cursor)).Touch(target.Run, now)
            .Send(new DriveRun(target, seenAt, known?.Outstanding ?? []));
    }

    private LedgerDecision EndRuns(string uid, Func<LedgerEntry, bool> which, string reason, string cursor, DateTimeOffset now) =>
        Ledger.EntriesOf(uid).Where(which).Aggregate(this, (decision, entry) => entry switch
        {
            { Status: RunStatus.Ended } => decision,
            { HasWork: false } => decision.Store(new Released(entry.Target.Run, cursor)),
            _ => decision.Store(new Abandoned(entry.Target.Run, reason, cursor)).Touch(entry.Target.Run, now)
                .Send(new DropRun(entry.Target.Run, entry.Outstanding)),
        });

    private LedgerDecision Store(ILedgerEvent happened) => this with { Ledger = Ledger.Apply(happened), Events = Events.Add(happened) };

    private LedgerDecision Send(IPodCommand command) => this with { Commands = Commands.Add(command) };

    private LedgerDecision Touch(RunId run, DateTimeOffset now) =>
        this with { Ledger = Ledger.With(Sent(Ledger.Find(run)!, now)) };

    // An event that changed nothing moves the cursor in memory only: what is stored is never ahead of what was taken in.
    private LedgerDecision At(string cursor) => this with { Ledger = Ledger with { Cursor = cursor } };
}
