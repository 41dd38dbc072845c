namespace AkkaVault.Controller.Configuration;

/// <summary>The controller's configuration, validated.</summary>
/// <param name="DataDir">The directory of <see cref="StateStore.Sqlite"/> (<c>raftDir</c>, <c>dataDir</c>).</param>
/// <param name="Store">How the ledger is stored.</param>
/// <param name="Vault">Vault.</param>
/// <param name="Kubernetes">Kubernetes.</param>
/// <param name="Metrics">The metrics port.</param>
/// <param name="Cluster">The other controllers; null: this one is alone.</param>
/// <param name="Management">The management port; null: there is none.</param>
public sealed record ControllerConfiguration(
    string DataDir, StateStore Store, VaultSettings Vault, KubernetesSettings Kubernetes, MetricsSettings Metrics,
    ClusterSettings? Cluster, ManagementSettings? Management);
