using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>The size limit of a ConfigMap (https://kubernetes.io/docs/concepts/configuration/configmap/#motivation).</summary>
internal static class ConfigMapLimit
{
    private const int Bytes = 1024 * 1024;

    /// <summary>Rejects a ConfigMap that is too large.</summary>
    /// <exception cref="ApiRefusal">The ConfigMap is too large.</exception>
    public static JsonObject Checked(ApiResource resource, string name, JsonObject json)
    {
        if (resource != ApiResource.ConfigMaps) return json;
        var texts = Values(json["data"]).Sum(System.Text.Encoding.UTF8.GetByteCount);
        var bytes = Values(json["binaryData"]).Sum(base64 => (base64.Length / 4 * 3) - (base64.Length - base64.TrimEnd('=').Length));
        return texts + bytes <= Bytes
            ? json
            : throw ApiRefusal.Invalid(resource, name, ("[]", "FieldValueTooLong", $"Too long: must have at most {Bytes} bytes"));
    }

    private static IEnumerable<string> Values(JsonNode? map) => map?.AsObject().Select(pair => (string?)pair.Value ?? "") ?? [];
}
