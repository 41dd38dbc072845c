namespace AkkaVault.Controller.Configuration;

/// <summary>Where the ledger is stored: <c>state.store</c>.</summary>
public enum LedgerStoreKind
{
    /// <summary>A SQLite file, for one replica.</summary>
    Sqlite,

    /// <summary>A ConfigMap in the controller's namespace, for any number.</summary>
    Kubernetes,
}

/// <summary>The controller's configuration, validated.</summary>
/// <param name="Store">Where the ledger is stored.</param>
/// <param name="DataDir">The directory of <see cref="LedgerStoreKind.Sqlite"/> (<c>raftDir</c>, <c>dataDir</c>).</param>
/// <param name="Vault">Vault.</param>
/// <param name="Kubernetes">Kubernetes.</param>
/// <param name="Metrics">The metrics port.</param>
public sealed record ControllerConfiguration(
    LedgerStoreKind Store, string DataDir, VaultSettings Vault, KubernetesSettings Kubernetes, MetricsSettings Metrics);
