using System.Net;

namespace AkkaVault.Controller.Cluster.AkkaWorkarounds;

/// <summary>The process' default proxy, but not for Akka.Management's probes of other controllers, which use that default.</summary>
internal sealed class UnproxiedContactPoints(IWebProxy proxy) : IWebProxy
{
    public ICredentials? Credentials { get => proxy.Credentials; set => proxy.Credentials = value; }

    public Uri? GetProxy(Uri destination) => proxy.GetProxy(destination);

    public bool IsBypassed(Uri host) => host is { Scheme: "http", AbsolutePath: "/bootstrap/seed-nodes" } || proxy.IsBypassed(host);
}
