namespace AkkaVault.Controller.Ledger;

/// <summary>On the event stream: the ledger's store is nearly full. A snapshot makes room.</summary>
/// <param name="Bytes">The ledger's size.</param>
internal sealed record LedgerNearlyFull(int Bytes);
