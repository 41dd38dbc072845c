using System.Net;
using Akka.Discovery;

namespace AkkaVault.Controller.Cluster.Bootstrap;

/// <summary>The address of a controller's management port, ordered so that all controllers agree on the lowest. Port 0 stands for the default management port.</summary>
internal sealed record ContactPoint(IPAddress Ip, int Port) : IComparable<ContactPoint>
{
    /// <summary>The contact point that Akka.Discovery has found; null: it has no IP address.</summary>
    public static ContactPoint? Of(ServiceDiscovery.ResolvedTarget found) =>
        found.Address is { } ip || IPAddress.TryParse(found.Host, out ip) ? new ContactPoint(ip, found.Port ?? 0) : null;

    public int CompareTo(ContactPoint? other)
    {
        if (other is null) return 1;
        var (mine, theirs) = (Ip.GetAddressBytes(), other.Ip.GetAddressBytes());
        var order = mine.Length != theirs.Length ? mine.Length.CompareTo(theirs.Length) : mine.AsSpan().SequenceCompareTo(theirs);
        return order != 0 ? order : Port.CompareTo(other.Port);
    }

    public override string ToString() => new IPEndPoint(Ip, Port).ToString();
}
