using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>Reads the ledger file of a stopped controller.</summary>
internal static class StoredLedger
{
    /// <summary>The accessors of all wrapping tokens that an event recorded as undelivered.</summary>
    public static HashSet<string> Accessors(string directory)
    {
        using var sqlite = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(directory, "data", "ledger.db") }.ConnectionString);
        sqlite.Open();
        using var command = sqlite.CreateCommand();
        command.CommandText = "SELECT message FROM journal WHERE manifest = 'e-issued'";
        using var rows = command.ExecuteReader();
        var accessors = new HashSet<string>();
        while (rows.Read()) accessors.UnionWith(JsonNode.Parse(rows.GetFieldValue<byte[]>(0))!["outstanding"]!.AsArray().Select(wrap => (string)wrap!["accessor"]!));
        return accessors;
    }
}
