using System.Text.Json.Serialization;
using AkkaVault.Controller.Common;

namespace AkkaVault.Controller.Ledger;

/// <summary>The stored form of a <see cref="RunLedger"/>.</summary>
/// <param name="ResumeToken">See <see cref="RunLedger.ResumeToken"/>.</param>
/// <param name="Entries">All runs.</param>
internal sealed record LedgerSnapshot([property: JsonPropertyName("cursor")] string ResumeToken, IReadOnlyList<LedgerEntry> Entries) : IWireMessage
{
    /// <summary>A snapshot of a ledger.</summary>
    public static LedgerSnapshot Of(RunLedger ledger) => new(ledger.ResumeToken, [.. ledger.Entries]);

    /// <summary>The ledger that was stored.</summary>
    public RunLedger ToLedger() => Entries.Aggregate(RunLedger.Empty with { ResumeToken = ResumeToken }, (ledger, entry) => ledger.With(entry));
}
