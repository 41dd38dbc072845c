namespace AkkaVault.Controller.Ledger;

/// <summary>
/// How many runs fit into a ledger whose store is bounded. What a store must hold at worst is all runs twice: in the events that added
/// them, and in the snapshot that replaces those events.
/// </summary>
/// <param name="Bytes">What the store holds.</param>
internal sealed record LedgerRoom(int Bytes)
{
    /// <summary>A ledger in a ConfigMap, which holds 1 MiB.</summary>
    public static readonly LedgerRoom OfConfigMap = new(900_000);

    // Compressed, both times; LedgerSizeTests measures it.
    private const int BytesOfWaiting = 300;

    /// <summary>The most pods with work.</summary>
    /// <param name="served">How many runs are served.</param>
    public int MaxWaiting(int served) => Math.Max(1, (Bytes - (served * ServedRunsFormat.BytesOfRun)) / BytesOfWaiting);
}
