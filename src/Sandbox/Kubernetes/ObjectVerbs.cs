using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>The verbs on stored objects: create, get, list, update, patch, delete.</summary>
internal sealed class ObjectVerbs(ObjectStore store, ApiServerVersion version)
{
    /// <summary>POST: creates an object.</summary>
    public JsonObject Create(ApiPath path, JsonObject sent)
    {
        ObjectValidation.CheckAddress(path, sent);
        var name = ObjectDefaults.NameOf(path.Resource, sent);
        if (path.Resource.Namespaced && store.Find(ApiResource.Namespaces, "", path.Namespace) is null) throw ApiRefusal.NotFound(ApiResource.Namespaces, path.Namespace);
        var created = ConfigMapLimit.Checked(path.Resource, name, ObjectValidation.Checked(path.Resource, name, ObjectDefaults.Of(version, path.Resource, sent, path.Namespace, name)));
        return store.Change(path.Resource, path.Namespace, name, before => before is null ? created : throw ApiRefusal.Exists(path.Resource, name))!.Json;
    }

    /// <summary>GET of one object.</summary>
    public JsonObject Get(ApiPath path) => (store.Find(path.Resource, path.Namespace, path.Name) ?? throw ApiRefusal.NotFound(path.Resource, path.Name)).Json;

    /// <summary>GET of many objects, in pages. Each page shows the version of the first page.</summary>
    public JsonObject List(ApiPath path, IQueryCollection query)
    {
        var (fields, labels) = (query["fieldSelector"].ToString(), query["labelSelector"].ToString());
        var selector = new ObjectSelector(path.Resource, path.Namespace, fields, labels);
        var (objects, listed) = store.List(path.Resource);
        if (QueryNumber.Version(query) is { } atLeast && atLeast > listed) throw ApiRefusal.TooLarge(atLeast, listed);
        var start = 0;
        if (query["continue"].ToString() is { Length: > 0 } text)
        {
            var token = ContinueToken.Parse(text);
            listed = token.Version;
            objects = store.ListAt(path.Resource, listed)
                ?? throw ApiRefusal.Gone("The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.");
            start = objects.TakeWhile(item => string.CompareOrdinal(Key(item), token.After) <= 0).Count();
        }

        var limit = QueryNumber.Of(query, "limit") is { } wanted and > 0 and < int.MaxValue ? (int)wanted : int.MaxValue;
        // With selectors it is not known how many items remain (ListMeta in the API reference), so a real API server reads no further than the page.
        var isCounted = fields.Length == 0 && labels.Length == 0;
        var selected = objects.Skip(start).Where(selector.Matches).Take(isCounted || limit == int.MaxValue ? int.MaxValue : limit + 1).ToList();
        var metadata = new JsonObject { ["resourceVersion"] = $"{listed}" };
        if (selected.Count > limit)
        {
            metadata["continue"] = new ContinueToken(listed, Key(selected[limit - 1])).ToString();
            if (isCounted) metadata["remainingItemCount"] = selected.Count - limit;
        }

        return new JsonObject
        {
            ["kind"] = path.Resource.Kind + "List",
            ["apiVersion"] = path.Resource.ApiVersion,
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. selected.Take(limit).Select(ListItem)]),
        };
    }

    /// <summary>PUT: replaces the whole object. If the request names a uid or a version, the object must have it.</summary>
    public JsonObject Update(ApiPath path, JsonObject sent)
    {
        ObjectValidation.CheckAddress(path, sent);
        return store.Change(path.Resource, path.Namespace, path.Name, found => Updated(path, sent, found))!.Json;
    }

    private static JsonObject Updated(ApiPath path, JsonObject sent, StoredObject? found)
    {
        // Like a real API server, compare the uid before it is clear that the object exists. The uid of an object that does not exist is empty.
        if ((string?)sent["metadata"]?["uid"] is { } uid && uid != (found?.Field("metadata.uid") ?? ""))
        {
            throw ApiRefusal.Conflict(
                path.Resource, path.Name,
                $"StorageError: invalid object, Code: 4, Key: /registry/{path.Resource.Plural}/{path.Namespace}/{path.Name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object meta: {found?.Field("metadata.uid")}");
        }

        var before = found ?? throw ApiRefusal.NotFound(path.Resource, path.Name);
        if (path.Resource == ApiResource.Leases && (string?)sent["metadata"]!["resourceVersion"] is not { Length: > 0 })
            throw ApiRefusal.InvalidUpdate(path.Resource, path.Name, "metadata.resourceVersion", "Invalid value: 0x0: must be specified for an update");
        CheckVersion(path, before, sent);
        var after = sent.DeepClone().AsObject();
        after["kind"] = path.Resource.Kind;
        after["apiVersion"] = path.Resource.ApiVersion;
        var metadata = after["metadata"]!.AsObject();
        foreach (var kept in (string[])["uid", "creationTimestamp", "name", "namespace"])
        {
            if (before.Json["metadata"]![kept] is { } value) metadata[kept] = value.DeepClone();
        }

        return Part(path, before.Json, after);
    }

    /// <summary>PATCH with a JSON merge patch.</summary>
    public JsonObject Patch(ApiPath path, JsonObject patch) => Change(path, before =>
    {
        if ((string?)patch["metadata"]?["uid"] is { } uid && uid != before.Field("metadata.uid"))
        {
            // A real API server checks the uid twice, and reports both failures.
            var cause = ("metadata.uid", "FieldValueInvalid", $"Invalid value: \"{uid}\": field is immutable");
            throw ApiRefusal.Invalid(path.Resource, path.Name, cause, cause);
        }

        CheckVersion(path, before, patch);
        var after = before.Json.DeepClone().AsObject();
        MergePatch.Apply(after, patch);
        ObjectValidation.CheckAddress(path, after);
        return Part(path, before.Json, after);
    });

    /// <summary>
    /// DELETE. A pod that has a node is only marked; its kubelet deletes it later with a grace
    /// period of zero. A pod without a node is marked and deleted at once, and watchers see both changes.
    /// </summary>
    public JsonObject Delete(ApiPath path, IQueryCollection query, JsonObject? options)
    {
        var preconditions = options?["preconditions"];
        if (path.Resource != ApiResource.Pods) return Deleted(path, Remove(path, preconditions));

        var asked = (long?)options?["gracePeriodSeconds"] ?? QueryNumber.Of(query, "gracePeriodSeconds");
        var marked = Change(path, pod =>
        {
            CheckPreconditions(path, pod, preconditions);
            var grace = pod.Json["spec"]!["nodeName"] is null ? 0 : asked ?? (long)pod.Json["spec"]!["terminationGracePeriodSeconds"]!;
            var after = pod.Json.DeepClone().AsObject();
            after["metadata"]!["deletionTimestamp"] = ObjectDefaults.Now(TimeSpan.FromSeconds(grace));
            after["metadata"]!["deletionGracePeriodSeconds"] = grace;
            if (after["metadata"]!["generation"] is { } generation) after["metadata"]!["generation"] = (long)generation + 1;
            return after;
        });
        if ((long)marked["metadata"]!["deletionGracePeriodSeconds"]! == 0) Remove(path, null);
        return marked;
    }

    // For a kind with a status subresource, a request changes either only the status or everything but the status.
    private static JsonObject Part(ApiPath path, JsonObject before, JsonObject after)
    {
        if (!path.Resource.HasStatus) return ConfigMapLimit.Checked(path.Resource, path.Name, ObjectValidation.Checked(path.Resource, path.Name, after));
        var (kept, taken) = path.IsStatus ? (before, after) : (after, before);
        var json = kept.DeepClone().AsObject();
        json["status"] = taken["status"]?.DeepClone();
        if (path.Resource == ApiResource.Pods) ObjectDefaults.CompletePodStatus(json["status"]!.AsObject());
        return ObjectValidation.Checked(path.Resource, path.Name, json);
    }

    private static JsonObject Deleted(ApiPath path, JsonObject last) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Success",
        ["details"] = ApiRefusal.About(path.Resource, path.Name, last["metadata"]!["uid"]!.DeepClone()),
    };

    private JsonObject Change(ApiPath path, Func<StoredObject, JsonObject> change) => store.Change(
        path.Resource, path.Namespace, path.Name, before => change(before ?? throw ApiRefusal.NotFound(path.Resource, path.Name)))!.Json;

    private JsonObject Remove(ApiPath path, JsonNode? preconditions)
    {
        JsonObject? last = null;
        store.Change(path.Resource, path.Namespace, path.Name, before =>
        {
            if (before is null) throw ApiRefusal.NotFound(path.Resource, path.Name);
            CheckPreconditions(path, before, preconditions);
            last = before.Json;
            return null;
        });
        return last!;
    }

    private static void CheckVersion(ApiPath path, StoredObject before, JsonObject sent)
    {
        if ((string?)sent["metadata"]?["resourceVersion"] is { Length: > 0 } sentVersion && sentVersion != $"{before.Version}") throw ApiRefusal.Modified(path.Resource, path.Name);
    }

    private static void CheckPreconditions(ApiPath path, StoredObject before, JsonNode? preconditions)
    {
        if ((string?)preconditions?["uid"] is { } uid && uid != before.Field("metadata.uid"))
            throw ApiRefusal.NotTheOne(path.Resource, path.Name, "UID", uid, before.Field("metadata.uid"), "deleted and then recreated");
        if ((string?)preconditions?["resourceVersion"] is { } wanted && wanted != $"{before.Version}")
            throw ApiRefusal.NotTheOne(path.Resource, path.Name, "ResourceVersion", wanted, $"{before.Version}", "modified");
    }

    // The list names the kind of its items, so the items do not.
    private static JsonObject ListItem(StoredObject item)
    {
        var json = item.Json.DeepClone().AsObject();
        json.Remove("kind");
        json.Remove("apiVersion");
        return json;
    }

    private static string Key(StoredObject item) => $"{item.Namespace}/{item.Name}";
}
