using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>Fills in what the API server adds to a new object.</summary>
internal static class ObjectDefaults
{
    private const string NameLetters = "bcdfghjklmnpqrstvwxz2456789";

    public static string NameOf(ApiResource resource, JsonObject sent) => (string?)sent["metadata"]?["name"] is { Length: > 0 } given ? given
        : ((string?)sent["metadata"]?["generateName"] is { Length: > 0 } prefix
            ? prefix + RandomNumberGenerator.GetString(NameLetters, 5)
            : throw ApiRefusal.Invalid(resource, "", ("metadata.name", "FieldValueRequired", "Required value: name or generateName is required")));

    /// <summary>A new object with its defaults.</summary>
    public static JsonObject Of(ApiServerVersion version, ApiResource resource, JsonObject sent, string ns, string name)
    {
        var json = sent.DeepClone().AsObject();
        json["kind"] = resource.Kind;
        json["apiVersion"] = resource.ApiVersion;
        var metadata = json["metadata"]!.AsObject();
        metadata["name"] = name;
        if (ns.Length > 0) metadata["namespace"] = ns;
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = Now();
        foreach (var map in (string[])["annotations", "labels"])
        {
            if (metadata[map] is JsonObject { Count: 0 }) metadata.Remove(map);
        }

        Complete(resource, json);
        if (version is ApiServerVersion.Kubernetes136) CompleteSince136(resource, json);
        return json;
    }

    /// <summary>The current time in Kubernetes' format: whole seconds.</summary>
    public static string Now(TimeSpan later = default) => (DateTime.UtcNow + later).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static void Complete(ApiResource resource, JsonObject json)
    {
        if (resource == ApiResource.Pods) CompletePod(json);
        else if (resource == ApiResource.Services) CompleteService(json);
        else if (resource == ApiResource.Endpoints) CompleteEndpoints(json);
        else if (resource == ApiResource.Namespaces)
        {
            json["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
            json["status"] = new JsonObject { ["phase"] = "Active" };
        }
        else if (resource == ApiResource.Events)
        {
            Default(json, "eventTime", null);
            Default(json, "reportingComponent", "");
            Default(json, "reportingInstance", "");
        }
    }

    private static void CompleteSince136(ApiResource resource, JsonObject json)
    {
        var metadata = json["metadata"]!.AsObject();
        if (resource == ApiResource.Pods)
        {
            metadata["generation"] = 1L;
        }
        else if (resource == ApiResource.Namespaces)
        {
            Default(metadata, "labels", new JsonObject());
            metadata["labels"]!["kubernetes.io/metadata.name"] = metadata["name"]!.DeepClone();
        }
        else if (resource == ApiResource.Services)
        {
            // A headless Service without a selector has both IP families, whatever families the cluster has.
            var spec = json["spec"]!.AsObject();
            var both = (string?)spec["clusterIP"] == "None" && spec["selector"] is null;
            Default(spec, "ipFamilies", both ? new JsonArray("IPv4", "IPv6") : new JsonArray("IPv4"));
            Default(spec, "ipFamilyPolicy", both ? "RequireDualStack" : "SingleStack");
            Default(spec, "internalTrafficPolicy", "Cluster");
        }
    }

    private static void CompletePod(JsonObject pod)
    {
        Default(pod, "spec", new JsonObject());
        var spec = pod["spec"]!.AsObject();
        foreach (var container in ((string[])["initContainers", "containers"]).SelectMany(list => spec[list]?.AsArray() ?? []).Select(item => item!.AsObject()))
        {
            Default(container, "resources", new JsonObject());
            Default(container, "terminationMessagePath", "/dev/termination-log");
            Default(container, "terminationMessagePolicy", "File");
            Default(container, "imagePullPolicy", "Always");
        }

        Default(spec, "restartPolicy", "Always");
        Default(spec, "terminationGracePeriodSeconds", 30L);
        Default(spec, "dnsPolicy", "ClusterFirst");
        Default(spec, "securityContext", new JsonObject());
        Default(spec, "schedulerName", "default-scheduler");
        Default(spec, "tolerations", new JsonArray(Toleration("not-ready"), Toleration("unreachable")));
        Default(spec, "priority", 0);
        Default(spec, "enableServiceLinks", true);
        Default(spec, "preemptionPolicy", "PreemptLowerPriority");
        pod["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = "BestEffort" };
    }

    /// <summary>Gives a status without <c>podIPs</c> a list with its <c>podIP</c>.</summary>
    public static void CompletePodStatus(JsonObject status)
    {
        if (status["podIP"] is { } ip) Default(status, "podIPs", new JsonArray(new JsonObject { ["ip"] = ip.DeepClone() }));
    }

    private static JsonObject Toleration(string condition) => new()
    {
        ["key"] = $"node.kubernetes.io/{condition}",
        ["operator"] = "Exists",
        ["effect"] = "NoExecute",
        ["tolerationSeconds"] = 300,
    };

    private static void CompleteService(JsonObject service)
    {
        Default(service, "spec", new JsonObject());
        var spec = service["spec"]!.AsObject();
        foreach (var port in (spec["ports"]?.AsArray() ?? []).Select(item => item!.AsObject()))
        {
            Default(port, "protocol", "TCP");
            Default(port, "targetPort", port["port"]?.DeepClone());
        }

        Default(spec, "clusterIP", $"10.0.{RandomNumberGenerator.GetInt32(256)}.{RandomNumberGenerator.GetInt32(1, 255)}");
        Default(spec, "clusterIPs", new JsonArray(spec["clusterIP"]!.DeepClone()));
        Default(spec, "type", "ClusterIP");
        Default(spec, "sessionAffinity", "None");
        service["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
    }

    private static void CompleteEndpoints(JsonObject endpoints)
    {
        foreach (var port in (endpoints["subsets"]?.AsArray() ?? []).SelectMany(subset => subset!["ports"]?.AsArray() ?? [])) Default(port!.AsObject(), "protocol", "TCP");
    }

    private static void Default(JsonObject json, string name, JsonNode? value)
    {
        if (!json.ContainsKey(name)) json[name] = value;
    }
}
