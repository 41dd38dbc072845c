using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>An object at one version. The JSON is never changed after it is stored.</summary>
internal sealed record StoredObject(ApiResource Resource, string Namespace, string Name, long Version, JsonObject Json)
{
    /// <summary>The text at a path such as <c>status.phase</c>; empty when there is none.</summary>
    public string Field(string path) => path.Split('.').Aggregate((JsonNode?)Json, (node, name) => (node as JsonObject)?[name]) is JsonValue value ? value.ToString() : "";
}

/// <summary>A change of an object.</summary>
/// <param name="Version">The version of the change.</param>
/// <param name="Before">The object before the change; null: the change created it.</param>
/// <param name="After">The object after the change; null: the change deleted it.</param>
internal sealed record ObjectChange(long Version, StoredObject? Before, StoredObject? After)
{
    public ApiResource Resource => (After ?? Before)!.Resource;

    /// <summary>The state of the object before the change, with the version of the change.</summary>
    public JsonObject Last()
    {
        var json = Before!.Json.DeepClone().AsObject();
        json["metadata"]!["resourceVersion"] = $"{Version}";
        return json;
    }
}

/// <summary>All objects at one version.</summary>
public sealed class StoreBackup
{
    internal StoreBackup(IReadOnlyList<KeyValuePair<string, StoredObject>> objects, long version) => (Objects, Version) = (objects, version);

    internal IReadOnlyList<KeyValuePair<string, StoredObject>> Objects { get; }

    internal long Version { get; }
}

/// <summary>Stores objects with one growing resourceVersion and a bounded history, as etcd does.</summary>
internal sealed class ObjectStore
{
    private const int HistoryLimit = 50_000;

    // The newest version that the recorded 1.36 server had compacted. A watch from an older version gets 410.
    private const long Forgotten = 705;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);
    private readonly List<ObjectChange> _history = [];
    private long _version;
    private long _compacted;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ObjectStore(ApiServerVersion version) => (_version, _compacted) = version is ApiServerVersion.Kubernetes120 ? (1, 0) : (Forgotten, Forgotten);

    /// <summary>All objects of a kind, by namespace and name, and the version of this view.</summary>
    public (IReadOnlyList<StoredObject> Objects, long Version) List(ApiResource resource)
    {
        lock (_gate) return ([.. _objects.Values.Where(item => item.Resource == resource)], _version);
    }

    /// <summary>All objects of a kind at a version; null when the history does not reach back to that version.</summary>
    public IReadOnlyList<StoredObject>? ListAt(ApiResource resource, long version)
    {
        lock (_gate)
        {
            if (version < _compacted) return null;
            if (_history.Count == 0 || _history[^1].Version <= version) return [.. _objects.Values.Where(item => item.Resource == resource)];
            var then = new SortedDictionary<string, StoredObject>(_objects, StringComparer.Ordinal);
            for (var i = _history.Count - 1; i >= 0 && _history[i].Version > version; i--)
            {
                var item = (_history[i].Before ?? _history[i].After)!;
                var key = Key(item.Resource, item.Namespace, item.Name);
                if (_history[i].Before is { } before) then[key] = before;
                else then.Remove(key);
            }

            return [.. then.Values.Where(item => item.Resource == resource)];
        }
    }

    public StoredObject? Find(ApiResource resource, string ns, string name)
    {
        lock (_gate) return _objects.GetValueOrDefault(Key(resource, ns, name));
    }

    /// <summary>Stores what <paramref name="change"/> returns for an object; null deletes the object.</summary>
    /// <exception cref="ApiRefusal"><paramref name="change"/> threw it. Nothing was stored.</exception>
    public StoredObject? Change(ApiResource resource, string ns, string name, Func<StoredObject?, JsonObject?> change)
    {
        lock (_gate)
        {
            var key = Key(resource, ns, name);
            var before = _objects.GetValueOrDefault(key);
            var json = change(before);
            if (before is null && json is null) return null;
            var version = ++_version;
            StoredObject? after = null;
            if (json is not null)
            {
                json["metadata"]!["resourceVersion"] = $"{version}";
                after = _objects[key] = new StoredObject(resource, ns, name, version, json);
            }
            else
            {
                _objects.Remove(key);
            }

            Record(new ObjectChange(version, before, after));
            return after;
        }
    }

    /// <summary>
    /// The changes of a kind after a version, a task that completes at the next change,
    /// and the newest version; null when the history does not reach back to that version.
    /// </summary>
    public (IReadOnlyList<ObjectChange> Changes, Task More, long Version)? Since(ApiResource resource, long version)
    {
        lock (_gate)
        {
            if (version < _compacted) return null;
            var first = _history.FindLastIndex(change => change.Version <= version) + 1;
            return ([.. _history.Skip(first).Where(change => change.Resource == resource)], _changed.Task, _version);
        }
    }

    /// <summary>The oldest version from which a watch can start.</summary>
    public long Oldest
    {
        get { lock (_gate) return _compacted; }
    }

    /// <summary>Drops the history. A watch from an older version gets 410.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            _history.Clear();
            _compacted = _version;
        }
    }

    /// <summary>A copy of all objects, for <see cref="Restore"/>.</summary>
    public StoreBackup BackUp()
    {
        lock (_gate) return new StoreBackup([.. _objects], _version);
    }

    /// <summary>
    /// Restores a backup. Later changes are lost, and their versions are used again. An etcd that is restored from a backup behaves the same.
    /// </summary>
    public void Restore(StoreBackup backup)
    {
        lock (_gate)
        {
            _objects.Clear();
            foreach (var (key, item) in backup.Objects) _objects[key] = item;
            _history.Clear();
            _version = _compacted = backup.Version;
        }
    }

    private void Record(ObjectChange change)
    {
        _history.Add(change);
        if (_history.Count > HistoryLimit)
        {
            _compacted = _history[HistoryLimit / 2].Version;
            _history.RemoveRange(0, (HistoryLimit / 2) + 1);
        }

        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static string Key(ApiResource resource, string ns, string name) => $"{resource.Qualified}/{ns}/{name}";
}
