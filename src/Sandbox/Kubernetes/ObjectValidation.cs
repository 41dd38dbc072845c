using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>
/// Validates objects as a real API server does, with the messages of 1.20 (ConformanceTests compares them).
/// One rule is left out: a real API server rejects Endpoints on the loopback, and the sandbox needs them.
/// </summary>
internal static partial class ObjectValidation
{
    private const string Invalid = "FieldValueInvalid";
    private const string Required = "FieldValueRequired";
    private const string Label = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    private const string Subdomain = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private const string ServiceName = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
    private const string KeyName = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    private const string LabelValue = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
    private const string DataKey = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

    /// <summary>Rejects an object whose kind, namespace or name does not match the path.</summary>
    /// <exception cref="ApiRefusal">The object does not match the path.</exception>
    public static void CheckAddress(ApiPath path, JsonObject sent)
    {
        var (kind, version) = ((string?)sent["kind"], (string?)sent["apiVersion"]);
        if (kind is not null && kind != path.Resource.Kind)
            throw ApiRefusal.BadRequest($"{kind} in version \"{version?.Split('/')[^1]}\" cannot be handled as a {path.Resource.Kind}: converting (v1.{kind}) to (core.{path.Resource.Kind}): unknown conversion");
        if (version is not null && version != path.Resource.ApiVersion)
        {
            throw ApiRefusal.BadRequest(
                $"{path.Resource.Kind} in version \"{version.Split('/')[^1]}\" cannot be handled as a {path.Resource.Kind}: no kind \"{path.Resource.Kind}\" is registered for version \"{version}\" in scheme \"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30\"");
        }

        var (name, ns) = ((string?)sent["metadata"]?["name"] ?? "", (string?)sent["metadata"]?["namespace"] ?? "");
        if (path.Name.Length == 0)
        {
            if (ns.Length > 0 && ns != path.Namespace) throw ApiRefusal.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
            if ((string?)sent["metadata"]?["resourceVersion"] is { Length: > 0 }) throw new ApiRefusal(500, null, "resourceVersion should not be set on objects to be created");
            return;
        }

        if (name.Length == 0) throw ApiRefusal.BadRequest($"the name of the object ({path.Name} based on URL) was undeterminable: name must be provided");
        if (name != path.Name) throw ApiRefusal.BadRequest($"the name of the object ({name}) does not match the name on the URL ({path.Name})");
        if (ns.Length > 0 && ns != path.Namespace) throw ApiRefusal.BadRequest($"the namespace of the object ({ns}) does not match the namespace on the request ({path.Namespace})");
    }

    /// <summary>Rejects an object that breaks a rule of its kind.</summary>
    /// <exception cref="ApiRefusal">The object breaks rules. The message names all of them.</exception>
    public static JsonObject Checked(ApiResource resource, string name, JsonObject json)
    {
        List<(string Field, string Reason, string Problem)> causes =
        [
            .. OfMetadata(resource, name, json["metadata"]!.AsObject()),
            .. resource == ApiResource.ConfigMaps ? OfConfigMap(json)
                : resource == ApiResource.Pods ? OfPod(json)
                : resource == ApiResource.Services ? OfService(json)
                : resource == ApiResource.Endpoints ? OfEndpoints(json)
                : resource == ApiResource.Events ? OfEvent(json)
                : resource == ApiResource.Leases ? OfLease(json)
                : [],
        ];
        return causes.Count == 0 ? json : throw ApiRefusal.Invalid(resource, name, [.. causes]);
    }

    private static IEnumerable<(string, string, string)> OfMetadata(ApiResource resource, string name, JsonObject metadata)
    {
        var (pattern, rule) = resource == ApiResource.Namespaces ? (LabelPattern(), Label) : resource == ApiResource.Services ? (ServicePattern(), ServiceName) : (SubdomainPattern(), Subdomain);
        // Roles and bindings accept almost any name.
        if (!resource.Group.StartsWith("rbac", StringComparison.Ordinal) && !pattern.IsMatch(name)) yield return ("metadata.name", Invalid, $"Invalid value: \"{name}\": {rule}");
        foreach (var (key, value) in metadata["labels"] as JsonObject ?? [])
        {
            if (!KeyPattern().IsMatch(key)) yield return ("metadata.labels", Invalid, $"Invalid value: \"{key}\": {KeyName}");
            if (!LabelValuePattern().IsMatch((string?)value ?? "")) yield return ("metadata.labels", Invalid, $"Invalid value: \"{value}\": {LabelValue}");
        }

        foreach (var (key, _) in metadata["annotations"] as JsonObject ?? [])
        {
            if (!KeyPattern().IsMatch(key)) yield return ("metadata.annotations", Invalid, $"Invalid value: \"{key}\": {KeyName}");
        }
    }

    private static IEnumerable<(string, string, string)> OfConfigMap(JsonObject map)
    {
        var binary = map["binaryData"] as JsonObject ?? [];
        foreach (var (key, _) in map["data"] as JsonObject ?? [])
        {
            if (!DataKeyPattern().IsMatch(key)) yield return ($"data[{key}]", Invalid, $"Invalid value: \"{key}\": {DataKey}");
            if (binary.ContainsKey(key)) yield return ($"data[{key}]", Invalid, $"Invalid value: \"{key}\": duplicate of key present in binaryData");
        }

        foreach (var (key, _) in binary.Where(pair => !DataKeyPattern().IsMatch(pair.Key))) yield return ($"binaryData[{key}]", Invalid, $"Invalid value: \"{key}\": {DataKey}");
    }

    private static IEnumerable<(string, string, string)> OfPod(JsonObject pod)
    {
        var spec = pod["spec"]!.AsObject();
        if (spec["containers"] is not JsonArray { Count: > 0 }) yield return ("spec.containers", Required, "Required value");
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var list in (string[])["containers", "initContainers"])
        {
            foreach (var (container, i) in (spec[list] as JsonArray ?? []).Select((container, i) => (container!, i)))
            {
                var (at, name) = ($"spec.{list}[{i}]", (string?)container["name"] ?? "");
                if (name.Length == 0) yield return ($"{at}.name", Required, "Required value");
                else if (!LabelPattern().IsMatch(name)) yield return ($"{at}.name", Invalid, $"Invalid value: \"{name}\": {Label}");
                else if (!names.Add(name)) yield return ($"{at}.name", "FieldValueDuplicate", $"Duplicate value: \"{name}\"");
                if ((string?)container["image"] is not { Length: > 0 }) yield return ($"{at}.image", Required, "Required value");
            }
        }

        if ((string?)spec["restartPolicy"] is { } policy and not ("Always" or "OnFailure" or "Never"))
            yield return ("spec.restartPolicy", "FieldValueNotSupported", $"Unsupported value: \"{policy}\": supported values: \"Always\", \"OnFailure\", \"Never\"");
    }

    private static IEnumerable<(string, string, string)> OfService(JsonObject service)
    {
        var spec = service["spec"]!.AsObject();
        if (spec["ports"] is not JsonArray { Count: > 0 } ports)
        {
            if ((string?)spec["clusterIP"] != "None") yield return ("spec.ports", Required, "Required value");
            yield break;
        }

        for (var i = 0; i < ports.Count; i++)
        {
            foreach (var field in (string[])["port", "targetPort"])
            {
                if (ports[i]![field] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && NotAPort(value) is { } problem) yield return ($"spec.ports[{i}].{field}", Invalid, problem);
            }
        }
    }

    private static IEnumerable<(string, string, string)> OfEndpoints(JsonObject endpoints)
    {
        foreach (var (subset, i) in (endpoints["subsets"] as JsonArray ?? []).Select((subset, i) => (subset!, i)))
        {
            if (subset["addresses"] is not JsonArray { Count: > 0 } && subset["notReadyAddresses"] is not JsonArray { Count: > 0 })
                yield return ($"subsets[{i}]", Required, "Required value: must specify `addresses` or `notReadyAddresses`");
            foreach (var (port, p) in (subset["ports"] as JsonArray ?? []).Select((port, p) => (port!, p)))
            {
                if (NotAPort(port["port"]) is { } problem) yield return ($"subsets[{i}].ports[{p}].port", Invalid, problem);
            }
        }
    }

    private static IEnumerable<(string, string, string)> OfEvent(JsonObject happened)
    {
        var about = (string?)happened["involvedObject"]?["namespace"] ?? "";
        if (about != (string?)happened["metadata"]!["namespace"]) yield return ("involvedObject.namespace", Invalid, $"Invalid value: \"{about}\": does not match event.namespace");
    }

    private static IEnumerable<(string, string, string)> OfLease(JsonObject lease)
    {
        if ((long?)lease["spec"]?["leaseDurationSeconds"] is { } seconds and <= 0) yield return ("spec.leaseDurationSeconds", Invalid, $"Invalid value: {seconds}: must be greater than 0");
        // The message is Kubernetes' own, with its wrong grammar.
        if ((long?)lease["spec"]?["leaseTransitions"] is { } transitions and < 0) yield return ("spec.leaseTransitions", Invalid, $"Invalid value: {transitions}: must to greater or equal than 0");
    }

    private static string? NotAPort(JsonNode? port) =>
        (long?)port is { } number and >= 1 and <= 65535 ? null : string.Create(CultureInfo.InvariantCulture, $"Invalid value: {(long?)port ?? 0}: must be between 1 and 65535, inclusive");

    [GeneratedRegex(@"\A(?=.{1,63}\z)[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex LabelPattern();

    [GeneratedRegex(@"\A(?=.{1,253}\z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex SubdomainPattern();

    [GeneratedRegex(@"\A(?=.{1,63}\z)[a-z]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex ServicePattern();

    [GeneratedRegex(@"\A([^/]+/)?(?=[^/]{1,63}\z)([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z")]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"\A(?=.{0,63}\z)(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\z")]
    private static partial Regex LabelValuePattern();

    [GeneratedRegex(@"\A[-._a-zA-Z0-9]+\z")]
    private static partial Regex DataKeyPattern();
}
