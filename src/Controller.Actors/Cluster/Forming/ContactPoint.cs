using System.Net;

namespace AkkaVault.Controller.Cluster.Forming;

/// <summary>Where a controller's management port is; ordered by address, so that all agree on which is the lowest.</summary>
/// <param name="Ip">The address.</param>
/// <param name="Port">The port.</param>
public sealed record ContactPoint(IPAddress Ip, int Port) : IComparable<ContactPoint>
{
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
