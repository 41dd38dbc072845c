using System.Net;

namespace AkkaVault.Cli.Management;

/// <summary>How management ports are reached.</summary>
/// <param name="Connect">Opens a connection; null: over the network.</param>
/// <param name="Advice">What to check if a port cannot be reached.</param>
internal sealed record ManagementRoute(Func<DnsEndPoint, CancellationToken, ValueTask<Stream>>? Connect, string Advice)
{
    /// <summary>Over the network.</summary>
    public static readonly ManagementRoute Direct = new(null, "is a controller there? From outside the cluster: kubectl -n kubernetes-vault port-forward kubernetes-vault-0 8558");
}
