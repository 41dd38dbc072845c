using System.Diagnostics;
using AkkaVault.Sandbox.Kubernetes;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>Observes the lists of all pods that controllers ask a simulated API server for.</summary>
internal sealed class PodLists
{
    private readonly Lock _gate = new();
    private long _begun;
    private TimeSpan? _took;
    private int _pages;

    private PodLists()
    {
    }

    /// <summary>How many pages were asked for.</summary>
    public int Pages
    {
        get { lock (_gate) return _pages; }
    }

    /// <summary>From the first page that was asked for to the watch after it; null: there was no list and watch yet.</summary>
    public TimeSpan? Took
    {
        get { lock (_gate) return _took; }
    }

    /// <summary>Observes from now on; null: the API server is a real one, and does not tell.</summary>
    public static PodLists? Observe(SimulatedApiServer? server)
    {
        if (server is null) return null;
        var lists = new PodLists();
        server.Fault = request =>
        {
            if (request.Method == "GET" && request.Path == "/api/v1/pods") lists.See(request.Query.ContainsKey("watch"), request.Query["limit"] == "1");
            return null;
        };
        return lists;
    }

    // With a limit of one, a controller only asks for the version.
    private void See(bool isWatch, bool isVersion)
    {
        lock (_gate)
        {
            if (isWatch && _pages > 0) _took ??= Stopwatch.GetElapsedTime(_begun);
            if (isWatch || isVersion) return;
            if (_pages++ == 0) _begun = Stopwatch.GetTimestamp();
        }
    }
}
