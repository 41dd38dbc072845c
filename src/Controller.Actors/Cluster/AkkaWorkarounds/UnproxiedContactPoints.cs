using System.Net;

namespace AkkaVault.Controller.Cluster.AkkaWorkarounds;

/// <summary>The proxies that .NET finds, but not to other controllers: Akka.Management's probes ask for the process' default.</summary>
/// <param name="proxy">Those proxies.</param>
internal sealed class UnproxiedContactPoints(IWebProxy proxy) : IWebProxy
{
    /// <inheritdoc/>
    public ICredentials? Credentials
    {
        get => proxy.Credentials;
        set => proxy.Credentials = value;
    }

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => proxy.GetProxy(destination);

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => host is { Scheme: "http", AbsolutePath: "/bootstrap/seed-nodes" } || proxy.IsBypassed(host);
}
