using Akka.Configuration;

namespace AkkaVault.Actors.Tests.Watching;

/// <summary>A node whose watcher keeps its ledger in memory.</summary>
internal static class InMemoryLedger
{
    public static readonly Config Config = ConfigurationFactory.ParseString(
        """
        akka { loglevel = OFF, stdout-loglevel = OFF, actor.provider = cluster, remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 } }
        akka.persistence { journal.plugin = "akka.persistence.journal.inmem", snapshot-store.plugin = "akka.persistence.snapshot-store.inmem" }
        """);
}
