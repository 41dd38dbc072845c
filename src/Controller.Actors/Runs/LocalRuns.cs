using System.Collections.Immutable;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;

namespace AkkaVault.Controller.Runs;

/// <summary>What one node knows of its runs, for people: those that its pod actors serve, and the last that ended. Immutable.</summary>
/// <param name="Unfinished">The runs that pod actors of this node work on, in any state but ended.</param>
/// <param name="Ended">The runs that ended here, the last one last; at most <see cref="MaxEnded"/>.</param>
internal sealed record LocalRuns(ImmutableDictionary<RunId, RunSummary> Unfinished, ImmutableList<RunSummary> Ended)
{
    /// <summary>How many ended runs are remembered.</summary>
    public const int MaxEnded = 2000;

    /// <summary>No run is known yet.</summary>
    public static readonly LocalRuns Empty = new(ImmutableDictionary<RunId, RunSummary>.Empty, []);

    /// <summary>A delivery has changed.</summary>
    public LocalRuns Updated(Delivery delivery, DateTimeOffset now)
    {
        // A pod actor that is only to revoke tokens does not know which pod the run is of; the ledger does.
        if (!delivery.Target.IsKnown) return this;
        // What is known may be of the delivery before.
        var known = Unfinished.GetValueOrDefault(delivery.Target.Run) is { } unfinished && unfinished.SeenAt == delivery.SeenAt ? unfinished : null;
        var state = delivery.State;
        var isRetry = known?.State == DeliveryState.Waiting && state is DeliveryState.Issuing or DeliveryState.Pushing;
        var summary = RunSummary.Of(delivery.Target, delivery.SeenAt, state).WithProblem(delivery.Warnings.Last) with
        {
            Attempts = Math.Max(known?.Attempts ?? 0, 1) + (isRetry ? 1 : 0),
            // A run that was delivered stays so, though it may be cancelled while wrapping tokens are still to be revoked.
            IsRedelivery = delivery.IsRedelivery,
            NextDeliveryAt = state == DeliveryState.Delivered ? delivery.NextDeliveryAt : null,
            Outcome = state switch { DeliveryState.Delivered => RunOutcome.Delivered, DeliveryState.Cancelled => known?.Outcome ?? RunOutcome.Cancelled, _ => null },
        };
        return this with { Unfinished = Unfinished.SetItem(summary.Run, summary with { EndedAt = summary.Outcome is null ? null : known?.EndedAt ?? now }) };
    }

    /// <summary>A pod actor has finished a run.</summary>
    public LocalRuns Finished(RunId run)
    {
        if (!Unfinished.TryGetValue(run, out var summary)) return this;
        var ended = Ended.Add(summary with { State = DeliveryState.Ended });
        return new LocalRuns(Unfinished.Remove(run), ended.Count > MaxEnded ? ended.RemoveAt(0) : ended);
    }

    /// <summary>A pod actor has stopped before it finished a run; another one serves the run, on any node.</summary>
    public LocalRuns Unassigned(RunId run) => Unfinished.GetValueOrDefault(run)?.Outcome == RunOutcome.Delivered
        ? Finished(run)
        : this with { Unfinished = Unfinished.Remove(run) };

    /// <summary>All runs that are not over, the one that has waited longest first.</summary>
    /// <param name="ledger">The leader's ledger, if this node has it; it has the runs that no pod actor of this node serves.</param>
    public IEnumerable<RunSummary> Summaries(RunLedger? ledger) => Unfinished.Values
        .Concat(OfLedger(ledger).Where(run => run.State != DeliveryState.Ended))
        .GroupBy(run => run.Run, (_, same) => RunSummary.Newest([.. same]))
        .OrderBy(run => run.SeenAt).ThenBy(run => run.Run.ToString(), StringComparer.Ordinal);

    /// <summary>All that is known of a pod's runs, the newest first.</summary>
    /// <param name="ledger">See <see cref="Summaries(RunLedger?)"/>.</param>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="pod">Its name.</param>
    /// <param name="known">A run of the pod, if who asks knows one: after a change of leader the ledger may know it by its hash only.</param>
    public IEnumerable<RunSummary> Summaries(RunLedger? ledger, string ns, string pod, RunId? known = null) => Unfinished.Values.Concat(OfLedger(ledger)).Concat(ServedBy(ledger)).Concat(Ended)
        .Where(run => run.Namespace == ns && run.Pod == pod)
        .Concat(ServedByHash(ledger, ns, pod, known))
        .GroupBy(run => run.Run, (_, same) => RunSummary.Newest([.. same]))
        .OrderByDescending(run => run.SeenAt).ThenBy(run => run.Run.ToString(), StringComparer.Ordinal);

    private static IEnumerable<RunSummary> OfLedger(RunLedger? ledger) => ledger?.Entries.Where(entry => entry.Target.IsKnown).Select(RunSummary.Of) ?? [];

    private static IEnumerable<RunSummary> ServedByHash(RunLedger? ledger, string ns, string pod, RunId? known) =>
        known is not null && ledger?.Served.Find(RunKey.Of(known)) is { Target: null } served ? [RunSummary.Of(served.ToEntry(known)) with { Namespace = ns, Pod = pod }] : [];

    // A leader knows which pod a served run is of once its watch or its list has told.
    private static IEnumerable<RunSummary> ServedBy(RunLedger? ledger) =>
        ledger?.Served.All.Where(run => run.Target is not null).Select(run => RunSummary.Of(run.ToEntry(run.Run))) ?? [];
}
