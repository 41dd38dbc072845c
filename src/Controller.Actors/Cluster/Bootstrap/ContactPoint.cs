using System.Net;
using Akka.Discovery;

namespace AkkaVault.Controller.Cluster.Bootstrap;

/// <summary>Where a controller's management port is; ordered by address, so that all agree on which is the lowest.</summary>
/// <param name="Ip">The address.</param>
/// <param name="Port">The port; 0: the one that all have.</param>
internal sealed record ContactPoint(IPAddress Ip, int Port) : IComparable<ContactPoint>
{
    /// <summary>As Akka.Discovery found it; null: without an address.</summary>
    public static ContactPoint? Of(ServiceDiscovery.ResolvedTarget found) =>
        found.Address is { } ip || IPAddress.TryParse(found.Host, out ip) ? new ContactPoint(ip, found.Port ?? 0) : null;

    /// <inheritdoc/>
    public int CompareTo(ContactPoint? other)
    {
        if (other is null) return 1;
        var (mine, theirs) = (Ip.GetAddressBytes(), other.Ip.GetAddressBytes());
        var order = mine.Length != theirs.Length ? mine.Length.CompareTo(theirs.Length) : mine.AsSpan().SequenceCompareTo(theirs);
        return order != 0 ? order : Port.CompareTo(other.Port);
    }

    /// <inheritdoc/>
    public override string ToString() => new IPEndPoint(Ip, Port).ToString();
}
