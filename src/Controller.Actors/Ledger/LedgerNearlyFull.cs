namespace AkkaVault.Controller.Ledger;

/// <summary>On the event stream: the ledger's store has little room left, and a snapshot would make some.</summary>
/// <param name="Bytes">The ledger's size.</param>
public sealed record LedgerNearlyFull(int Bytes);
