using Akka.Configuration;
using Akka.Hosting;
using Akka.Persistence.Sql;
using Microsoft.Data.Sqlite;

namespace AkkaVault.Controller.Ledger.Storage;

/// <summary>The ledger in one SQLite file, for one replica (<c>state.store: sqlite</c>).</summary>
internal static class SqliteLedgerStore
{
    /// <summary>The file's name below the data directory.</summary>
    public const string FileName = "ledger.db";

    /// <summary>Prepares the file and makes it the journal and snapshot store.</summary>
    /// <param name="akka">The actor system's configuration.</param>
    /// <param name="dataDir">Where the file is; created when missing.</param>
    /// <exception cref="IOException">The directory cannot be made.</exception>
    /// <exception cref="SqliteException">The file cannot be opened or written.</exception>
    public static AkkaConfigurationBuilder WithSqliteLedger(this AkkaConfigurationBuilder akka, string dataDir)
    {
        var connection = ConnectionString(dataDir);
        using (var sqlite = new SqliteConnection(connection))
        {
            sqlite.Open();
            using var pragma = sqlite.CreateCommand();
            // The file remembers this mode: readers never wait for the writer, and a commit is one append.
            pragma.CommandText = "PRAGMA journal_mode = WAL";
            pragma.ExecuteNonQuery();
        }

        return akka
            .AddHocon(Store("journal", "journal.sql", connection).WithFallback(Store("snapshot-store", "snapshot-store.sql", connection)), HoconAddMode.Prepend)
            .AddHocon(SqlPersistence.DefaultConfiguration, HoconAddMode.Append);
    }

    private static string ConnectionString(string dataDir)
    {
        Directory.CreateDirectory(dataDir);
        return new SqliteConnectionStringBuilder { DataSource = Path.Combine(dataDir, FileName), DefaultTimeout = 5 }.ConnectionString;
    }

    private static Config Store(string kind, string plugin, string connection) => ConfigurationFactory.ParseString($$"""
        akka.persistence.{{kind}}.plugin = "akka.persistence.{{plugin}}"
        akka.persistence.{{plugin}} {
          connection-string = "{{connection.Replace("\\", "\\\\").Replace("\"", "\\\"")}}"
          provider-name = "SQLite.MS"
          auto-initialize = true
          # One file, one writer.
          parallelism = 1
          read-isolation-level = read-uncommitted
        }
        """);
}
