using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>What the API server adds to a new pod, as far as somebody here reads it.</summary>
internal static class PodDefaults
{
    public static JsonObject Of(JsonObject pod, string ns)
    {
        var json = pod.DeepClone().AsObject();
        json["kind"] = "Pod";
        json["apiVersion"] = "v1";
        var metadata = json["metadata"]!.AsObject();
        metadata["namespace"] = ns;
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        json["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = "BestEffort" };
        return json;
    }
}

/// <summary>JSON merge patch (RFC 7386).</summary>
internal static class MergePatch
{
    public static void Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null) target.Remove(name);
            else if (value is JsonObject inner && target[name] is JsonObject existing) Apply(existing, inner);
            else target[name] = value.DeepClone();
        }
    }
}
