using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>What can be done to stored objects: create, get, list, update, patch, delete.</summary>
internal sealed class ObjectVerbs(ObjectStore store)
{
    /// <summary>POST.</summary>
    public JsonObject Create(ApiPath path, JsonObject sent)
    {
        var name = ObjectDefaults.NameOf(sent);
        if (path.Resource.Namespaced && store.Find(ApiResource.Namespaces, "", path.Namespace) is null) throw ApiRefusal.NotFound(ApiResource.Namespaces, path.Namespace);
        return store.Change(path.Resource, path.Namespace, name, before => before is null
            ? ObjectDefaults.Of(path.Resource, sent, path.Namespace, name)
            : throw ApiRefusal.Exists(path.Resource, name))!.Json;
    }

    /// <summary>GET of one.</summary>
    public JsonObject Get(ApiPath path) => (store.Find(path.Resource, path.Namespace, path.Name) ?? throw ApiRefusal.NotFound(path.Resource, path.Name)).Json;

    /// <summary>GET of many, in pages that all show the first one's version.</summary>
    public JsonObject List(ApiPath path, IQueryCollection query)
    {
        var selector = new ObjectSelector(path.Resource, path.Namespace, query["fieldSelector"].ToString(), query["labelSelector"].ToString());
        var (objects, version) = store.List(path.Resource);
        var start = 0;
        if (query["continue"].ToString() is { Length: > 0 } text)
        {
            var token = ContinueToken.Parse(text);
            version = token.Version;
            objects = store.ListAt(path.Resource, version)
                ?? throw ApiRefusal.Gone("The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.");
            start = objects.TakeWhile(item => string.CompareOrdinal(Key(item), token.After) <= 0).Count();
        }

        var limit = int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var wanted) && wanted > 0 ? wanted : int.MaxValue;
        var selected = objects.Skip(start).Where(selector.Matches).ToList();
        var metadata = new JsonObject { ["resourceVersion"] = $"{version}" };
        if (selected.Count > limit)
        {
            metadata["continue"] = new ContinueToken(version, Key(selected[limit - 1])).ToString();
            metadata["remainingItemCount"] = selected.Count - limit;
        }

        return new JsonObject
        {
            ["kind"] = path.Resource.Kind + "List",
            ["apiVersion"] = path.Resource.ApiVersion,
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. selected.Take(limit).Select(item => item.Json.DeepClone())]),
        };
    }

    /// <summary>PUT: the whole object, if it is still at the version that was sent (when one was).</summary>
    public JsonObject Update(ApiPath path, JsonObject sent) => Change(path, sent, before =>
    {
        var after = sent.DeepClone().AsObject();
        after["kind"] = path.Resource.Kind;
        after["apiVersion"] = path.Resource.ApiVersion;
        var metadata = after["metadata"]!.AsObject();
        foreach (var kept in (string[])["uid", "creationTimestamp", "name", "namespace"])
        {
            if (before["metadata"]![kept] is { } value) metadata[kept] = value.DeepClone();
        }

        // An object's status is changed through its subresource alone, and the other way round.
        if (path.Resource == ApiResource.Pods) after["status"] = before["status"]?.DeepClone();
        return after;
    });

    /// <summary>PATCH with a JSON merge patch.</summary>
    public JsonObject Patch(ApiPath path, JsonObject patch) => Change(path, patch, before =>
    {
        var after = before.DeepClone().AsObject();
        if (path.Subresource == "status")
        {
            if (patch["status"] is JsonObject status) MergePatch.Apply(after["status"]!.AsObject(), status);
        }
        else
        {
            MergePatch.Apply(after, patch);
        }

        return after;
    });

    /// <summary>
    /// DELETE. A pod that a node runs is only marked, and its kubelet deletes it with no grace; one that no node runs goes at
    /// once, in the two steps that watchers are shown.
    /// </summary>
    public JsonObject Delete(ApiPath path, IQueryCollection query, JsonObject? options)
    {
        var before = Get(path);
        if ((string?)options?["preconditions"]?["uid"] is { } uid && uid != (string?)before["metadata"]!["uid"])
            throw ApiRefusal.Conflict(path.Resource, path.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {before["metadata"]!["uid"]}");
        if (path.Resource != ApiResource.Pods)
        {
            store.Change(path.Resource, path.Namespace, path.Name, _ => null);
            return new JsonObject
            {
                ["kind"] = "Status",
                ["apiVersion"] = "v1",
                ["metadata"] = new JsonObject(),
                ["status"] = "Success",
                ["details"] = new JsonObject { ["name"] = path.Name, ["kind"] = path.Resource.Plural, ["uid"] = before["metadata"]!["uid"]!.DeepClone() },
            };
        }

        var asked = (long?)options?["gracePeriodSeconds"] ?? (long.TryParse(query["gracePeriodSeconds"], CultureInfo.InvariantCulture, out var seconds) ? seconds : null);
        var grace = before["spec"]!["nodeName"] is null ? 0 : asked ?? (long)before["spec"]!["terminationGracePeriodSeconds"]!;
        var marked = Change(path, [], pod =>
        {
            var after = pod.DeepClone().AsObject();
            after["metadata"]!["deletionTimestamp"] = ObjectDefaults.Now(TimeSpan.FromSeconds(grace));
            after["metadata"]!["deletionGracePeriodSeconds"] = grace;
            return after;
        });
        if (grace == 0) store.Change(path.Resource, path.Namespace, path.Name, _ => null);
        return marked;
    }

    private JsonObject Change(ApiPath path, JsonObject sent, Func<JsonObject, JsonObject> change) => store.Change(path.Resource, path.Namespace, path.Name, before =>
    {
        if (before is null) throw ApiRefusal.NotFound(path.Resource, path.Name);
        if ((string?)sent["metadata"]?["uid"] is { } uid && uid != before.Field("metadata.uid"))
            throw ApiRefusal.Conflict(path.Resource, path.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {before.Field("metadata.uid")}");
        if ((string?)sent["metadata"]?["resourceVersion"] is { Length: > 0 } version && version != $"{before.Version}") throw ApiRefusal.Modified(path.Resource, path.Name);
        return change(before.Json);
    })!.Json;

    private static string Key(StoredObject item) => $"{item.Namespace}/{item.Name}";
}
