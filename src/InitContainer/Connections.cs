using System.Net;
using AkkaVault.Shared.Push;
using Microsoft.AspNetCore.Connections;

namespace AkkaVault.InitContainer;

/// <summary>
/// Who is connected, and how much of what they sent is in memory. Whoever reaches the pod may connect, so both are bounded.
/// Where it becomes too much, the address that has most of it loses its oldest connection, never the newest: strangers with
/// fewer addresses than there are places do not keep the controller out, however many connections they open.
/// </summary>
/// <param name="log">Told of it, ever more rarely.</param>
internal sealed class Connections(Log log)
{
    /// <summary>How many may be open at once.</summary>
    public const int MaxOpen = 64;

    /// <summary>How many bytes of bodies may be held at once.</summary>
    public const int MaxHeldBytes = 2 * SecretPush.MaxBodyBytes;

    private readonly Lock _gate = new();

    // The oldest first.
    private readonly List<Place> _open = [];
    private long _closed;

    /// <summary>The first that a connection comes to: before TLS, which costs time and memory.</summary>
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

    /// <summary>Notes how much of a connection's body is held; 0 when it is no more.</summary>
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
            place.Connection.Abort(new ConnectionAbortedException("room is needed for others"));
            // Strangers choose how often this happens: the first is told, then the second, the fourth, the eighth.
            if (long.IsPow2(closed--)) log.Warn($"Connections are closed, too many at once or too much sent by them: {closed + 1} so far, this one of {place.Address}");
        }
    }

    private Place TakeOut(Func<Place, long> weight)
    {
        var address = _open.GroupBy(place => place.Address).MaxBy(places => places.Sum(weight))!.Key;
        var victim = _open.Where(place => place.Address.Equals(address)).MaxBy(weight)!;
        _open.Remove(victim);
        return victim;
    }

    /// <summary>One that is open.</summary>
    /// <param name="connection">It.</param>
    internal sealed class Place(ConnectionContext connection)
    {
        /// <summary>It.</summary>
        public ConnectionContext Connection => connection;

        /// <summary>Whose it is.</summary>
        public IPAddress Address { get; } = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;

        /// <summary>How many bytes of its body are held.</summary>
        public long HeldBytes { get; set; }
    }
}
