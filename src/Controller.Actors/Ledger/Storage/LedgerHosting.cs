using Akka.Hosting;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using AkkaVault.Controller.Watching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Ledger.Storage;

/// <summary>The ledger's store, as <c>state.store</c> chooses it.</summary>
internal static class LedgerHosting
{
    // The host's name, in Kubernetes the pod's, is for people. The rest tells a restarted container from its earlier runs.
    private static readonly string Owner = $"{Environment.MachineName}-{Guid.NewGuid():N}";

    /// <summary>Adds the ledger's ConfigMap, and what reads and writes it.</summary>
    public static IServiceCollection AddLedger(this IServiceCollection services) => services
        .AddSingleton<ILedgerObject>(provider =>
        {
            var settings = provider.GetRequiredService<KubernetesSettings>();
            return new LedgerConfigMap(provider.GetRequiredService<ApiServer>(), settings.ServiceNamespace, settings.LedgerName, provider.GetRequiredService<TimeProvider>());
        })
        .AddSingleton(provider => new LedgerMarkStore(provider.GetRequiredService<ILedgerObject>(), Owner, () => provider.GetService<ILedgerCluster>()?.Node ?? ""))
        .AddSingleton(provider => new LedgerWriterServices(
            provider.GetRequiredService<ILedgerObject>(), Owner, provider.GetRequiredService<ILedgerObserver>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<LedgerWriter>>(), provider.GetService<ILedgerCluster>()));

    /// <summary>Makes the store the journal and snapshot store of the watcher.</summary>
    public static AkkaConfigurationBuilder WithLedger(this AkkaConfigurationBuilder akka, ControllerConfiguration configuration, IServiceProvider provider) => configuration.Store switch
    {
        StateStore.None => akka.WithNullLedger(),
        StateStore.Sqlite => akka.WithSqliteLedger(configuration.DataDir),
        _ => akka.WithConfigMapLedger(WatcherActor.LedgerId, provider.GetRequiredService<LedgerWriterServices>()),
    };
}
