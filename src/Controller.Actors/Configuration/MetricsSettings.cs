using System.Net;

namespace AkkaVault.Controller.Configuration;

/// <summary>The <c>metrics</c> section and <c>prometheus.tls</c>.</summary>
/// <param name="Address">Where metrics and health are served.</param>
/// <param name="CertFile">PEM certificate chain; null: plain HTTP.</param>
/// <param name="CertKey">PEM private key.</param>
/// <param name="ClientCaFile">PEM bundle that scrapers' certificates must chain to; null: none asked for.</param>
public sealed record MetricsSettings(IPEndPoint Address, string? CertFile, string? CertKey, string? ClientCaFile);
