using System.Collections.Immutable;

namespace AkkaVault.Controller.Pods.Runs;

/// <summary>What one node knows of its runs, for people: those that its pod actors have in hand, and the last that ended. Immutable.</summary>
/// <param name="InHand">Those in hand.</param>
/// <param name="Ended">Those that ended, the last one last; at most <see cref="MostEnded"/>.</param>
public sealed record RunView(ImmutableDictionary<RunId, RunLine> InHand, ImmutableList<RunLine> Ended)
{
    /// <summary>How many ended runs are remembered.</summary>
    public const int MostEnded = 2000;

    /// <summary>Nothing seen yet.</summary>
    public static readonly RunView Empty = new(ImmutableDictionary<RunId, RunLine>.Empty, []);

    /// <summary>A pod actor has taken a step.</summary>
    public RunView Stands(Delivery delivery, DateTimeOffset now)
    {
        // An actor that was only asked to revoke does not know whose the run is; the ledger does.
        if (delivery.Target.Name.Length == 0) return this;
        var known = InHand.GetValueOrDefault(delivery.Target.Run);
        var state = StateOf(delivery.Phase);
        var again = known?.State == RunState.Waiting && state is RunState.Issuing or RunState.Pushing;
        var line = RunLine.Of(delivery.Target, delivery.SeenAt, state).Saying(delivery.Trouble.Last) with
        {
            Attempts = Math.Max(known?.Attempts ?? 0, 1) + (again ? 1 : 0),
            // What was delivered stays so, though it may be dropped while wrapping tokens are still to be revoked.
            Outcome = state switch { RunState.Delivered => RunOutcome.Delivered, RunState.Dropped => known?.Outcome ?? RunOutcome.Gone, _ => null },
        };
        return this with { InHand = InHand.SetItem(line.Run, line with { EndedAt = line.Outcome is null ? null : known?.EndedAt ?? now }) };
    }

    /// <summary>A pod actor is done with a run.</summary>
    public RunView Finished(RunId run)
    {
        if (!InHand.TryGetValue(run, out var line)) return this;
        var ended = Ended.Add(line with { State = RunState.Ended });
        return new RunView(InHand.Remove(run), ended.Count > MostEnded ? ended.RemoveAt(0) : ended);
    }

    /// <summary>A pod actor has stopped before it was done with a run: another will go on, on any node.</summary>
    public RunView LetGo(RunId run) => InHand.GetValueOrDefault(run)?.Outcome == RunOutcome.Delivered
        ? Finished(run)
        : this with { InHand = InHand.Remove(run) };

    /// <summary>All runs in hand, the one that has waited longest first.</summary>
    /// <param name="ledger">The leader's ledger, where this node has it: what no pod actor here has in hand is taken from it.</param>
    public IEnumerable<RunLine> Lines(Ledger? ledger) => InHand.Values
        .Concat(OfLedger(ledger).Where(line => line.State != RunState.Ended && !InHand.ContainsKey(line.Run)))
        .OrderBy(line => line.SeenAt).ThenBy(line => line.Run.ToString(), StringComparer.Ordinal);

    /// <summary>All that is known of a pod's runs, the newest first.</summary>
    /// <param name="ledger">See <see cref="Lines(Ledger?)"/>.</param>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="pod">Its name.</param>
    public IEnumerable<RunLine> Lines(Ledger? ledger, string ns, string pod) => InHand.Values.Concat(OfLedger(ledger)).Concat(Ended)
        .Where(line => line.Namespace == ns && line.Pod == pod)
        .GroupBy(line => line.Run, (_, same) => same.MaxBy(line => line.Certainty)!)
        .OrderByDescending(line => line.SeenAt).ThenBy(line => line.Run.ToString(), StringComparer.Ordinal);

    private static IEnumerable<RunLine> OfLedger(Ledger? ledger) => ledger?.Entries.Select(RunLine.Of) ?? [];

    private static RunState StateOf(DeliveryPhase phase) => phase switch
    {
        DeliveryPhase.Issuing => RunState.Issuing,
        DeliveryPhase.Pushing => RunState.Pushing,
        DeliveryPhase.Waiting => RunState.Waiting,
        DeliveryPhase.Delivered => RunState.Delivered,
        DeliveryPhase.Dropped => RunState.Dropped,
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "not a phase"),
    };
}
