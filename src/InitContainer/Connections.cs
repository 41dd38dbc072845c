using System.Net;
using AkkaVault.Shared.Push;
using Microsoft.AspNetCore.Connections;

namespace AkkaVault.InitContainer;

/// <summary>
/// Limits how many connections are open, and how much of their bodies is in memory: everybody who reaches the pod can connect. Above a
/// limit, the address with the largest share loses its oldest connection. So strangers can keep the controller out only if they have as
/// many addresses as there may be connections, however many connections they open.
/// </summary>
/// <param name="log">Receives a warning when connections are closed.</param>
internal sealed class Connections(Log log)
{
    /// <summary>The most connections at once.</summary>
    public const int MaxOpen = 64;

    /// <summary>The most bytes of bodies in memory at once.</summary>
    public const int MaxHeldBytes = 2 * SecretPush.MaxBodyBytes;

    private readonly Lock _gate = new();

    // The oldest first.
    private readonly List<Place> _open = [];
    private long _closed;

    /// <summary>Kestrel's first middleware for connections: before TLS, which costs time and memory.</summary>
    public ConnectionDelegate Bound(ConnectionDelegate next) => async connection =>
    {
        var place = new Place(connection);
        connection.Features.Set(place);
        MakeRoom(() => _open.Add(place));
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate) _open.Remove(place);
        }
    };

    /// <summary>Notes how much of a connection's body is in memory; 0: nothing any more.</summary>
    public void Hold(Place place, long bytes) => MakeRoom(() => place.HeldBytes = bytes);

    private void MakeRoom(Action change)
    {
        var closing = new List<Place>();
        long closed;
        lock (_gate)
        {
            change();
            while (_open.Count > MaxOpen) closing.Add(TakeOut(_ => 1));
            while (_open.Sum(place => place.HeldBytes) > MaxHeldBytes) closing.Add(TakeOut(place => place.HeldBytes));
            closed = _closed += closing.Count;
        }

        foreach (var place in closing)
        {
            place.Connection.Abort(new ConnectionAbortedException("closed to make room for other connections"));
            // Strangers choose how often this happens, so only the first, the second, the fourth, the eighth… is logged.
            if (long.IsPow2(closed--))
                log.Warn($"Connections were closed because too many were open at once or they sent too much: {closed + 1} so far, this one from {place.Address}");
        }
    }

    private Place TakeOut(Func<Place, long> weight)
    {
        var address = _open.GroupBy(place => place.Address).MaxBy(places => places.Sum(weight))!.Key;
        var victim = _open.Where(place => place.Address.Equals(address)).MaxBy(weight)!;
        _open.Remove(victim);
        return victim;
    }

    /// <summary>An open connection.</summary>
    internal sealed class Place(ConnectionContext connection)
    {
        public ConnectionContext Connection => connection;

        /// <summary>The address of the other end.</summary>
        public IPAddress Address { get; } = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;

        /// <summary>How many bytes of its body are in memory.</summary>
        public long HeldBytes { get; set; }
    }
}
