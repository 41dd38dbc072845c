namespace AkkaVault.Controller.Configuration;

/// <summary>The controller's configuration, validated.</summary>
/// <param name="DataDir">The directory of the ledger, for <see cref="StateStore.Sqlite"/> (<c>raftDir</c>, <c>dataDir</c>).</param>
/// <param name="Store">Where the ledger is stored.</param>
/// <param name="Vault">The <c>vault</c> section.</param>
/// <param name="Kubernetes">The <c>kubernetes</c> section.</param>
/// <param name="Metrics">The metrics port.</param>
/// <param name="Cluster">The <c>cluster</c> section; null: this controller runs without a cluster.</param>
/// <param name="Management">The management port; null: it is off.</param>
internal sealed record ControllerConfiguration(
    string DataDir, StateStore Store, VaultSettings Vault, KubernetesSettings Kubernetes, MetricsSettings Metrics,
    ClusterSettings? Cluster, ManagementSettings? Management);
