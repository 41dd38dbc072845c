using System.Net;
using AkkaVault.Controller.Kubernetes;

namespace AkkaVault.Controller.Configuration;

/// <summary>The controller's configuration, validated.</summary>
/// <param name="DataDir">Where the ledger is stored (<c>raftDir</c>, <c>dataDir</c>).</param>
/// <param name="Vault">Vault.</param>
/// <param name="Kubernetes">Kubernetes.</param>
/// <param name="Metrics">The metrics port.</param>
public sealed record ControllerConfiguration(
    string DataDir, VaultSettings Vault, KubernetesSettings Kubernetes, MetricsSettings Metrics);

/// <summary>The <c>vault</c> section.</summary>
/// <param name="Address">Base address; goes to the pods as <paramref name="AddressAsWritten"/>.</param>
/// <param name="AddressAsWritten">As in the file.</param>
/// <param name="Token">The controller's token. A secret.</param>
/// <param name="SkipTokenRoleNameValidation">Whether the token's role is left unchecked.</param>
/// <param name="CaCertFile">PEM bundle that Vault's certificate must chain to; null: the system's roots.</param>
/// <param name="WrappingTtl">Lifetime of wrapping tokens.</param>
public sealed record VaultSettings(
    Uri Address, string AddressAsWritten, string Token, bool SkipTokenRoleNameValidation, string? CaCertFile, TimeSpan WrappingTtl)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => $"VaultSettings {{ Address = {Address}, WrappingTtl = {WrappingTtl} }}";
}

/// <summary>The <c>kubernetes</c> section.</summary>
/// <param name="Scope">Which namespaces are watched.</param>
/// <param name="ServiceNamespace">The controller's own namespace.</param>
/// <param name="Service">The controller's headless service.</param>
/// <param name="LabelSelector">Narrows the watched pods; null: all.</param>
public sealed record KubernetesSettings(WatchScope Scope, string ServiceNamespace, string Service, string? LabelSelector);

/// <summary>The <c>metrics</c> section and <c>prometheus.tls</c>.</summary>
/// <param name="Address">Where metrics and health are served.</param>
/// <param name="CertFile">PEM certificate chain; null: plain HTTP.</param>
/// <param name="CertKey">PEM private key.</param>
/// <param name="ClientCaFile">PEM bundle that scrapers' certificates must chain to; null: none asked for.</param>
public sealed record MetricsSettings(IPEndPoint Address, string? CertFile, string? CertKey, string? ClientCaFile);
