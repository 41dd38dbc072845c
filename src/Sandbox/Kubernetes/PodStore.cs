using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>A pod at one version. The JSON is never changed after it is stored.</summary>
internal sealed record StoredPod(string Namespace, string Name, long Version, JsonObject Json)
{
    public string Phase => (string?)Json["status"]?["phase"] ?? "";
}

/// <summary>A change: what the pod was, and what it is. Null: it was not, or is no more.</summary>
internal sealed record PodChange(long Version, StoredPod? Before, StoredPod? After);

/// <summary>Pods with one growing resourceVersion and a history, as etcd keeps them.</summary>
internal sealed class PodStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, StoredPod> _pods = new(StringComparer.Ordinal);
    private readonly List<PodChange> _history = [];
    private long _version = 200;
    private long _compacted = 200;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>All pods, by namespace and name, and the version of this view.</summary>
    public (IReadOnlyList<StoredPod> Pods, long Version) List()
    {
        lock (_gate) return ([.. _pods.Values], _version);
    }

    public StoredPod? Find(string ns, string name)
    {
        lock (_gate) return _pods.GetValueOrDefault(Key(ns, name));
    }

    /// <summary>Stores what <paramref name="change"/> makes of a pod; null deletes it. Null is returned when nothing is there before and after.</summary>
    public StoredPod? Change(string ns, string name, Func<StoredPod?, JsonObject?> change)
    {
        lock (_gate)
        {
            var key = Key(ns, name);
            var before = _pods.GetValueOrDefault(key);
            var json = change(before);
            if (before is null && json is null) return null;
            var version = ++_version;
            StoredPod? after = null;
            if (json is not null)
            {
                json["metadata"]!["resourceVersion"] = $"{version}";
                after = _pods[key] = new StoredPod(ns, name, version, json);
            }
            else
            {
                _pods.Remove(key);
            }

            _history.Add(new PodChange(version, before, after));
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return after ?? before;
        }
    }

    /// <summary>The changes after a version, and what completes when there are more; null when the history does not reach back that far.</summary>
    public (IReadOnlyList<PodChange> Changes, Task More, long Version)? Since(long version)
    {
        lock (_gate)
        {
            if (version < _compacted) return null;
            return ([.. _history.SkipWhile(change => change.Version <= version)], _changed.Task, _version);
        }
    }

    /// <summary>The oldest version that can be watched from, and the newest.</summary>
    public (long Oldest, long Newest) Versions
    {
        get { lock (_gate) return (_compacted, _version); }
    }

    /// <summary>Drops the history: watches from older versions are too old.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            _history.Clear();
            _compacted = _version;
        }
    }

    private static string Key(string ns, string name) => $"{ns}/{name}";
}
