namespace AkkaVault.Controller.Configuration;

/// <summary>The controller's configuration, validated.</summary>
/// <param name="DataDir">Where the ledger is stored (<c>raftDir</c>, <c>dataDir</c>).</param>
/// <param name="Vault">Vault.</param>
/// <param name="Kubernetes">Kubernetes.</param>
/// <param name="Metrics">The metrics port.</param>
public sealed record ControllerConfiguration(
    string DataDir, VaultSettings Vault, KubernetesSettings Kubernetes, MetricsSettings Metrics);
