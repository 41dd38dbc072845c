using System.Collections.Immutable;
using AkkaVault.Controller.Deliveries;
using LedgerTransition = AkkaVault.Shared.Transition<AkkaVault.Controller.Ledger.RunLedger, AkkaVault.Controller.Ledger.LedgerEffect>;

namespace AkkaVault.Controller.Ledger;

internal sealed partial record RunLedger
{
    /// <summary>The transition function.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">This node's clock.</param>
    public LedgerTransition Handle(LedgerInput input, DateTimeOffset now) => HandleInput(input, now).Then(ledger => ledger.ThenListIfThereIsCapacity());

    private LedgerTransition HandleInput(LedgerInput input, DateTimeOffset now) => input switch
    {
        LedgerInput.PodWatched watched => HandleWatched(watched.Item, now),
        LedgerInput.Reported reported => HandleReport(reported.Report, now),
        LedgerInput.SilenceCheckDue => ThenAssign(Entries.Where(entry => entry.IsDue(now) && entry.UnansweredAssigns == 0), now),
        LedgerInput.AnswerCheckDue => ThenAssign(
            Entries.Where(entry => entry.IsDue(now) && entry.UnansweredAssigns > 0).OrderBy(entry => entry.LastContactAt).Take(AssignRules.MaxReassignedAtOnce), now),
        LedgerInput.PodActorsLost => ThenAssign(Entries.Where(entry => entry.HasWork).Select(entry => entry with { UnansweredAssigns = 0 }), now),
        LedgerInput.RedeliveriesDue => HandleRedeliveriesDue(now),
        LedgerInput.SnapshotStored stored => (this with { SnapshotAt = stored.EventCount }).Do(),
        LedgerInput.CommandsSent sent => HandleSent(sent.Commands, now),
        _ => throw new ArgumentOutOfRangeException(nameof(input), input.GetType().Name, "not a ledger input"),
    };

    private LedgerTransition HandleWatched(PodWatchItem item, DateTimeOffset now) => item switch
    {
        // The items of a list leave the resume token where it is: only the list's end moves it, when everything in the list was taken in.
        PodWatchItem.Listed listed => ThenObserve(listed.Pod, ResumeToken, now),
        PodWatchItem.Changed changed => ThenObserve(changed.Pod, changed.ResumeToken, now).Then(ledger => ledger.ThenResumeFrom(changed.ResumeToken)),
        PodWatchItem.Deleted deleted => ThenCancelAll(deleted.Uid, "the pod is gone", deleted.ResumeToken, now).Then(ledger => ledger.ThenResumeFrom(deleted.ResumeToken)),
        PodWatchItem.ListEnded ended => Pods.Keys.Where(uid => !ended.Uids.Contains(uid))
            .Aggregate(Do(), (transition, uid) => transition.Then(ledger => ledger.ThenCancelAll(uid, "the pod is gone", ResumeToken, now)))
            .Then(ledger => (ledger with { IsListAsked = false }).ThenRemoveServedExcept(ended.Uids))
            .Then(ledger => ledger.ThenPersist(new Advanced(ended.ResumeToken))),
        PodWatchItem.Located located => HandleLocated(located.Target),
        PodWatchItem.LocatingEnded => (this with { Locating = Locating.Ended }).Do(),
        PodWatchItem.Bookmark bookmark => ThenPersist(new Advanced(bookmark.ResumeToken)),
        _ => throw new ArgumentOutOfRangeException(nameof(item), item.GetType().Name, "not a watch item"),
    };

    private LedgerTransition HandleReport(IRunReport report, DateTimeOffset now)
    {
        if (Find(report.Run) is not { } known) return Do(AnswerToUnknown(report));
        var entry = known with { LastContactAt = now, UnansweredAssigns = 0 };
        var heard = With(entry);
        return report switch
        {
            RunProgressed => heard.Do(),
            RunUnassigned stopped => heard.ThenAssign(entry.HasWork ? [entry with { HadUnansweredPush = entry.HadUnansweredPush || stopped.HadUnansweredPush }] : [], now),
            IWrappingTokenReport tokens => heard.HandleTokens(entry, tokens, now),
            _ => throw new ArgumentOutOfRangeException(nameof(report), report.GetType().Name, "not a report"),
        };
    }

    private LedgerTransition HandleTokens(LedgerEntry entry, IWrappingTokenReport report, DateTimeOffset now)
    {
        var run = entry.Target.Run;
        // Tokens that this pod actor does not know were issued by another one. The pod actor that is there now must revoke them.
        var others = entry.PendingRevocations.RemoveAll(token => report.Resolved.Contains(token.Accessor) || report.PendingRevocations.Exists(known => known.Accessor == token.Accessor));
        var all = others.AddRange(report.PendingRevocations);
        var stored = all.SequenceEqual(entry.PendingRevocations) ? Do() : ThenPersist(new Issued(run, all, ResumeToken));
        var assign = new LedgerEffect.Send(new AssignRun(entry.Target, entry.SeenAt, all, entry.IsRedelivery, entry.HadUnansweredPush));
        var cancel = new LedgerEffect.Send(new CancelRun(run, all));
        var ack = others.IsEmpty ? new LedgerEffect.Send(AckOf(run, report as RunDelivered)) : cancel;
        return (report, entry.Status) switch
        {
            (RunIssued, RunStatus.Pending) => others.IsEmpty ? stored : stored.Then(ledger => ledger.Do(assign)),
            (RunIssued, _) => stored.Then(ledger => ledger.Do(cancel)),
            // It comes late: this is the delivery before the one that is pending.
            (RunDelivered delivered, RunStatus.Pending) when delivered.SeenAt < entry.SeenAt => stored.Then(ledger => ledger.Do(assign)),
            (RunDelivered delivered, RunStatus.Pending) => ThenPersist(new Delivered(run, all, ResumeToken, NextDeliveryOf(delivered, now))).Then(ledger => ledger.Do(ack)),
            (RunDelivered, _) => stored.Then(ledger => ledger.Do(ack)),
            (RunEnded, RunStatus.Cancelled) when all.IsEmpty => ThenPersist(new Removed(run, ResumeToken)),
            (RunEnded, RunStatus.Delivered) when all.IsEmpty => stored,
            (RunEnded, RunStatus.Cancelled or RunStatus.Delivered) => stored.Then(ledger => ledger.Do(cancel)),
            // The pod actor ended a run that was added again in the meantime.
            (RunEnded, _) => stored.Then(ledger => ledger.Do(assign)),
            _ => throw new ArgumentOutOfRangeException(nameof(report), report.GetType().Name, "not a report"),
        };
    }

    private static AckRun AckOf(RunId run, RunDelivered? delivered) => new(run, delivered?.SeenAt, delivered?.LastPushed);

    private static DateTimeOffset? NextDeliveryOf(RunDelivered delivered, DateTimeOffset now) =>
        delivered.NextDeliveryAt is { } at && at < now + RedeliveryRules.Shortest ? now + RedeliveryRules.Shortest : delivered.NextDeliveryAt;

    private LedgerTransition HandleSent(IEnumerable<IPodCommand> commands, DateTimeOffset now) => commands.OfType<AssignRun>().Aggregate(
        this, (ledger, assign) => ledger.Find(assign.Run) is { UnansweredAssigns: > 0 } entry ? ledger.With(entry with { LastContactAt = now }) : ledger).Do();

    // The ledger was lost, or the run was removed: nothing is left for its pod actor to do.
    private static ImmutableList<LedgerEffect> AnswerToUnknown(IRunReport report) => report switch
    {
        RunDelivered delivered => [new LedgerEffect.Send(AckOf(report.Run, delivered))],
        RunEnded or RunUnassigned => [],
        RunIssued issued => [new LedgerEffect.Send(new CancelRun(report.Run, issued.PendingRevocations))],
        _ => [new LedgerEffect.Send(new CancelRun(report.Run, []))],
    };

    /// <summary>
    /// Sends runs to their pod actors. An event is stored with it although nothing has changed: a watcher that is no longer the leader
    /// finds that out by storing, and sends nothing.
    /// </summary>
    private LedgerTransition ThenAssign(IEnumerable<LedgerEntry> entries, DateTimeOffset now)
    {
        var assigned = entries.ToList();
        return assigned.Count == 0 ? Do() : assigned.Aggregate(this, (ledger, entry) => ledger.With(entry.Sent(now)))
            .Do([new LedgerEffect.Persist(new Advanced(ResumeToken)), .. assigned.Select(entry => new LedgerEffect.Send(entry.Command()))]);
    }

    private LedgerTransition ThenObserve(ObservedPod pod, string resumeToken, DateTimeOffset now)
    {
        if (pod.Target is not { } target) return ThenCancelAll(pod.Uid, pod.NoTargetReason, resumeToken, now, pod.CompletedRun);
        var key = RunKey.Of(target.Run);
        var transition = ThenCancel(EntriesOf(pod.Uid).Where(entry => entry.Target.Run != target.Run), "a newer run of the init container", resumeToken, now)
            .Then(ledger => ledger.ThenRemoveServed(ledger.Served.OfPod(key.Pod) is { } served && served.Key != key ? served : null, resumeToken));
        return Find(target.Run) switch
        {
            { Status: RunStatus.Delivered } known when known.Target == target => transition,
            // The new address is for a later redelivery. It is not stored: the next leader asks the API server.
            { Status: RunStatus.Delivered } known => transition.Then(ledger => ledger.With(known with { Target = target }).Do()),
            { Status: RunStatus.Pending } known when known.Target == target => transition,
            null when CapacityLeft == 0 => transition.Then(ledger => (ledger with { HasLeftOut = true }).Do()),
            var known => transition.Then(ledger => ledger.ThenAdd(new Added(target, known?.SeenAt ?? now, resumeToken, known?.IsRedelivery ?? false), now)),
        };
    }

    private LedgerTransition ThenAdd(Added added, DateTimeOffset now) => ThenPersist(added).Then(ledger => ledger.ThenSend(added.Target.Run, now));

    private LedgerTransition ThenCancelAll(string uid, string reason, string resumeToken, DateTimeOffset now, RunId? completed = null) =>
        ThenCancel(EntriesOf(uid), reason, resumeToken, now, completed).Then(ledger => ledger.ThenRemoveServed(ledger.Served.OfPod(RunKey.HashOf(uid)), resumeToken));

    private LedgerTransition ThenCancel(IEnumerable<LedgerEntry> entries, string reason, string resumeToken, DateTimeOffset now, RunId? completed = null) =>
        entries.Aggregate(Do(), (transition, entry) => transition.Then(ledger => ledger.ThenCancel(entry with { IsCompleted = entry.Target.Run == completed }, reason, resumeToken, now)));

    private LedgerTransition ThenCancel(LedgerEntry entry, string reason, string resumeToken, DateTimeOffset now) => entry switch
    {
        { Status: RunStatus.Cancelled } => Do(),
        _ => With(entry).ThenPersist(new Cancelled(entry.Target.Run, reason, resumeToken)).Then(ledger => ledger.ThenSend(entry.Target.Run, now)),
    };

    private LedgerTransition ThenSend(RunId run, DateTimeOffset now)
    {
        var sent = Find(run)!.Sent(now);
        return With(sent).Do(new LedgerEffect.Send(sent.Command()));
    }

    private LedgerTransition ThenPersist(ILedgerEvent happened) => Apply(happened).Do(new LedgerEffect.Persist(happened));

    // An event that changed nothing moves the resume token in memory only: what is stored is never ahead of what was taken in.
    private LedgerTransition ThenResumeFrom(string resumeToken) => (this with { ResumeToken = resumeToken }).Do();

    private LedgerTransition Do(params ImmutableList<LedgerEffect> effects) => new(this, effects);
}
