using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>The API server: pods, of which a watch and lists tell.</summary>
internal sealed partial class DeliveryWorld
{
    private sealed class Pod(string uid, bool isSidecar, TimeSpan interval)
    {
        public string Uid { get; } = uid;
        public bool IsSidecar { get; } = isSidecar;

        /// <summary>From one delivery to the next, where it asks for one.</summary>
        public TimeSpan Interval { get; } = interval;

        /// <summary>When the present run wants a redelivery.</summary>
        public DateTimeOffset? WantsAt { get; set; }
        public int Runs { get; set; }
        public bool Running { get; set; }
        public RunId Run => new(Uid, $"containerd://{Runs}");
        public Dictionary<RunId, int> Served { get; } = [];

        public bool TakesAnother(DateTimeOffset now) => WantsAt - (Interval / 10) <= now;
    }

    /// <summary>All runs that were ever served, also of pods that are gone.</summary>
    private readonly HashSet<RunId> _served = [];

    private void PodHappens()
    {
        var existing = _pods.Count == 0 ? null : _pods.Values.ElementAt(_random.Next(_pods.Count));
        switch (_random.Next(4))
        {
            case 0 when existing is not null:
                _pods.Remove(existing.Uid);
                _watch.Add(new PodWatchItem.Deleted(existing.Uid, Next()));
                break;
            case 1 when existing is not null:
                existing.Running = false;
                _watch.Add(new PodWatchItem.Changed(See(existing), Next()));
                break;
            case 2 when existing is { Running: false }:
                existing.Runs++;
                existing.Running = true;
                existing.WantsAt = null;
                _watch.Add(new PodWatchItem.Changed(See(existing), Next()));
                break;
            case 3 when existing is { Running: true }:
                _watch.Add(new PodWatchItem.Changed(See(existing), Next()));
                break;
            default:
                var pod = new Pod($"uid-{_names++}", isSidecar: _random.Next(2) == 0, TimeSpan.FromSeconds(_random.Next(2, 30))) { Running = true, Runs = 1 };
                _pods.Add(pod.Uid, pod);
                _watch.Add(new PodWatchItem.Changed(See(pod), Next()));
                break;
        }
    }

    private string Next() => $"{++_version}";

    private static ObservedPod See(Pod pod) => pod.Running
        ? new ObservedPod(pod.Uid, new DeliveryTarget(pod.Run, "default", "same-name", "127.9.0.1", "sample-app", "n", default), "")
        : new ObservedPod(pod.Uid, null, "not running", !pod.IsSidecar && pod.Served.ContainsKey(pod.Run) ? pod.Run : null);

    private void TakeWatchItem()
    {
        if (_watchedTo < _watch.Count) Perform(_ledger.Handle(new LedgerInput.PodWatched(_watch[_watchedTo++]), _now));
    }

    private void Locate()
    {
        var located = _located;
        _located = [];
        foreach (var item in located) Perform(_ledger.Handle(new LedgerInput.PodWatched(item), _now));
    }

    private void Relist()
    {
        (_watchedTo, _isListAsked) = (_watch.Count, false);
        // An init container that has its secret exits, and its kubelet says so: however the answer to the push was lost.
        foreach (var pod in _pods.Values.Where(pod => !pod.IsSidecar && pod.Served.ContainsKey(pod.Run))) pod.Running = false;
        foreach (var pod in _pods.Values) Perform(_ledger.Handle(new LedgerInput.PodWatched(new PodWatchItem.Listed(See(pod))), _now));
        Perform(_ledger.Handle(new LedgerInput.PodWatched(new PodWatchItem.ListEnded([.. _pods.Keys], $"{_version}")), _now));
    }
}
