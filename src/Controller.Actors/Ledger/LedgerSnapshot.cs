using System.Text.Json.Serialization;
using AkkaVault.Controller.Common;

namespace AkkaVault.Controller.Ledger;

/// <summary>The stored form of a <see cref="RunLedger"/>.</summary>
/// <param name="ResumeToken">See <see cref="RunLedger.ResumeToken"/>.</param>
/// <param name="Entries">The runs with work; of an earlier version, all runs.</param>
/// <param name="Served">The others, as <see cref="ServedRunsFormat"/> writes them; null: there are none. Earlier versions pass over it, and find these runs anew.</param>
internal sealed record LedgerSnapshot(
    [property: JsonPropertyName("cursor")] string ResumeToken, IReadOnlyList<LedgerEntry> Entries,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? Served = null) : IWireMessage
{
    /// <summary>A snapshot of a ledger.</summary>
    public static LedgerSnapshot Of(RunLedger ledger) => new(ledger.ResumeToken, [.. ledger.Entries], ServedRunsFormat.Write(ledger.Served));

    /// <summary>The ledger that was stored.</summary>
    public RunLedger ToLedger() => Entries.Aggregate(RunLedger.Empty with { ResumeToken = ResumeToken, Served = ServedRunsFormat.Read(Served) }, (ledger, entry) => ledger.With(entry));
}
