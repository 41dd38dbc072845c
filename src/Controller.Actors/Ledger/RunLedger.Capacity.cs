using LedgerTransition = AkkaVault.Shared.Transition<AkkaVault.Controller.Ledger.RunLedger, AkkaVault.Controller.Ledger.LedgerEffect>;

namespace AkkaVault.Controller.Ledger;

/// <summary>
/// Runs for which the ledger has no capacity left are left out, and found by a list when there is some again. So a ledger that was lost while many
/// sidecars run fills again part by part.
/// </summary>
internal sealed partial record RunLedger
{
    /// <summary>How much fits; null: everything. Not stored.</summary>
    public LedgerCapacity? Capacity { get; init; }

    /// <summary>How many events have led to this ledger, since this process began to read it. Not stored.</summary>
    public long EventCount { get; init; }

    /// <summary>The <see cref="EventCount"/> of the last ledger of which a snapshot is stored. Not stored.</summary>
    public long SnapshotAt { get; init; }

    /// <summary>Whether a run may have been left out, or one that is over is still there, and no list was asked for since. Not stored.</summary>
    public bool HasLeftOut { get; init; }

    // How many more pods may have work.
    private int CapacityLeft => Capacity is null ? int.MaxValue : Math.Max(0, Capacity.MaxWaiting(Served.Count, EventCount - SnapshotAt) - Pods.Count);

    /// <summary>The ledger of a leader that has recovered it. An earlier leader may have left runs out if it is not far from full.</summary>
    public RunLedger Within(LedgerCapacity? capacity) => this with { Capacity = capacity, HasLeftOut = capacity is not null && Pods.Count > capacity.MaxWaiting(Served.Count) / 2 };

    private LedgerTransition ThenListIfThereIsCapacity() => HasLeftOut && !IsListAsked && Capacity is not null && CapacityLeft > Pods.Count
        ? (this with { IsListAsked = true, HasLeftOut = false }).Do(new LedgerEffect.ListPods())
        : Do();
}
