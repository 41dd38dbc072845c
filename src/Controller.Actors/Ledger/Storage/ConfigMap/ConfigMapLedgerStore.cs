using Akka.Configuration;
using Akka.Hosting;

namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>The ledger in one object of the API server, for any number of replicas (<c>state.store: kubernetes</c>).</summary>
internal static class ConfigMapLedgerStore
{
    /// <summary>Makes an object the journal and snapshot store of one persistent actor.</summary>
    /// <param name="akka">The actor system's configuration.</param>
    /// <param name="persistenceId">The persistent actor.</param>
    /// <param name="services">The object, and the services of its writer.</param>
    public static AkkaConfigurationBuilder WithConfigMapLedger(this AkkaConfigurationBuilder akka, string persistenceId, LedgerWriterServices services)
    {
        akka.AddSetup(new ConfigMapLedgerSetup(persistenceId, services));
        return akka.AddHocon(Hocon, HoconAddMode.Prepend);
    }

    /// <summary>The plugins' settings.</summary>
    public static Config Hocon => Store("journal", typeof(ConfigMapJournal)).WithFallback(Store("snapshot-store", typeof(ConfigMapSnapshotStore)));

    // The writer limits a request itself: it tries for 90 s, after at most 90 s of another request, or after 60 s in which it leaves the ledger
    // to another process. Akka's circuit breaker must not end it earlier, nor delay the next claim.
    private static Config Store(string kind, Type plugin) => ConfigurationFactory.ParseString($$"""
        akka.persistence.{{kind}}.plugin = "akka.persistence.{{kind}}.kubernetes"
        akka.persistence.{{kind}}.kubernetes {
          class = "{{plugin.AssemblyQualifiedName}}"
          plugin-dispatcher = "akka.actor.default-dispatcher"
          recovery-event-timeout = 300s
          circuit-breaker {
            max-failures = 1000000
            call-timeout = 300s
            reset-timeout = 1s
          }
          # Fencing keeps two writers apart.
          replay-filter.mode = off
        }
        """);
}
