namespace AkkaVault.Controller.Ledger;

/// <summary>
/// How many runs fit into a ledger whose store is bounded. What a store must hold at worst is all runs twice: in the events that added
/// them, and in the snapshot that replaces those events.
/// </summary>
/// <param name="Bytes">What the store holds.</param>
internal sealed record LedgerCapacity(int Bytes)
{
    /// <summary>A ledger in a ConfigMap, which holds 1 MiB.</summary>
    public static readonly LedgerCapacity OfConfigMap = new(900_000);

    /// <summary>The most served runs that are removed together, because a list no longer has their pods.</summary>
    public const int MaxRemovedAtOnce = 2000;

    // Compressed, both times; LedgerSizeTests measures it.
    private const int BytesOfWaiting = 300;

    // Compressed, the same.
    private const int BytesOfEvent = 80;

    /// <summary>The most pods with work.</summary>
    /// <param name="served">How many runs are served.</param>
    /// <param name="events">How many events there are that are in no snapshot: where the store is slow, they become many.</param>
    public int MaxWaiting(int served, long events = 0) =>
        (int)Math.Max(1, (Bytes - (served * ServedRunsFormat.BytesOfRun) - (events * BytesOfEvent)) / BytesOfWaiting);
}
