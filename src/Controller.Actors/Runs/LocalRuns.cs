using System.Collections.Immutable;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;

namespace AkkaVault.Controller.Runs;

/// <summary>What one node knows of its runs, for people: those that its pod actors have in hand, and the last that ended. Immutable.</summary>
/// <param name="Pending">Those in hand.</param>
/// <param name="Ended">Those that ended, the last one last; at most <see cref="MaxEnded"/>.</param>
public sealed record LocalRuns(ImmutableDictionary<RunId, RunSummary> Pending, ImmutableList<RunSummary> Ended)
{
    /// <summary>How many ended runs are remembered.</summary>
    public const int MaxEnded = 2000;

    /// <summary>Nothing seen yet.</summary>
    public static readonly LocalRuns Empty = new(ImmutableDictionary<RunId, RunSummary>.Empty, []);

    /// <summary>A pod actor has taken a step.</summary>
    public LocalRuns Updated(Delivery delivery, DateTimeOffset now)
    {
        // An actor that was only asked to revoke does not know whose the run is; the ledger does.
        if (delivery.Target.Name.Length == 0) return this;
        var known = Pending.GetValueOrDefault(delivery.Target.Run);
        var state = delivery.State;
        var again = known?.State == RunState.Waiting && state is RunState.Issuing or RunState.Pushing;
        var line = RunSummary.Of(delivery.Target, delivery.SeenAt, state).WithProblem(delivery.Warnings.Last) with
        {
            Attempts = Math.Max(known?.Attempts ?? 0, 1) + (again ? 1 : 0),
            // What was delivered stays so, though it may be dropped while wrapping tokens are still to be revoked.
            Outcome = state switch { RunState.Delivered => RunOutcome.Delivered, RunState.Cancelled => known?.Outcome ?? RunOutcome.Cancelled, _ => null },
        };
        return this with { Pending = Pending.SetItem(line.Run, line with { EndedAt = line.Outcome is null ? null : known?.EndedAt ?? now }) };
    }

    /// <summary>A pod actor is done with a run.</summary>
    public LocalRuns Finished(RunId run)
    {
        if (!Pending.TryGetValue(run, out var line)) return this;
        var ended = Ended.Add(line with { State = RunState.Ended });
        return new LocalRuns(Pending.Remove(run), ended.Count > MaxEnded ? ended.RemoveAt(0) : ended);
    }

    /// <summary>A pod actor has stopped before it was done with a run: another will go on, on any node.</summary>
    public LocalRuns Unassigned(RunId run) => Pending.GetValueOrDefault(run)?.Outcome == RunOutcome.Delivered
        ? Finished(run)
        : this with { Pending = Pending.Remove(run) };

    /// <summary>All runs in hand, the one that has waited longest first.</summary>
    /// <param name="ledger">The leader's ledger, where this node has it: what no pod actor here has in hand is taken from it.</param>
    public IEnumerable<RunSummary> Lines(RunLedger? ledger) => Pending.Values
        .Concat(OfLedger(ledger).Where(line => line.State != RunState.Ended && !Pending.ContainsKey(line.Run)))
        .OrderBy(line => line.SeenAt).ThenBy(line => line.Run.ToString(), StringComparer.Ordinal);

    /// <summary>All that is known of a pod's runs, the newest first.</summary>
    /// <param name="ledger">See <see cref="Lines(RunLedger?)"/>.</param>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="pod">Its name.</param>
    public IEnumerable<RunSummary> Lines(RunLedger? ledger, string ns, string pod) => Pending.Values.Concat(OfLedger(ledger)).Concat(Ended)
        .Where(line => line.Namespace == ns && line.Pod == pod)
        .GroupBy(line => line.Run, (_, same) => same.MaxBy(line => line.Precedence)!)
        .OrderByDescending(line => line.SeenAt).ThenBy(line => line.Run.ToString(), StringComparer.Ordinal);

    private static IEnumerable<RunSummary> OfLedger(RunLedger? ledger) => ledger?.Entries.Select(RunSummary.Of) ?? [];
}
