using System.Text.Json.Nodes;

namespace AkkaVault.EndToEnd.Tests.Manifests;

/// <summary>A right: one verb on one resource.</summary>
/// <param name="Namespace">The namespace; null: all namespaces.</param>
/// <param name="Group">The API group.</param>
/// <param name="Resource">The plural of the resource.</param>
/// <param name="Name">The name of the object; null: all objects.</param>
/// <param name="Verb">The verb.</param>
internal sealed record Right(string? Namespace, string Group, string Resource, string? Name, string Verb)
{
    /// <summary>The rights that a rule of a role grants.</summary>
    public static IEnumerable<Right> Of(JsonNode rule, string? ns)
    {
        IEnumerable<string> Texts(string key) => rule[key]!.AsArray().Select(text => (string)text!);
        return from @group in Texts("apiGroups")
               from resource in Texts("resources")
               from verb in Texts("verbs")
               from name in rule["resourceNames"] is null ? [null] : Texts("resourceNames").Cast<string?>()
               select new Right(ns, @group, resource, name, verb);
    }

    /// <summary>Whether a request in the API server's audit log needed this right.</summary>
    public bool WasUsedBy(JsonNode request) => request["objectRef"] is { } target
        && (Namespace is null || (string?)target["namespace"] == Namespace)
        && ((string?)target["apiGroup"] ?? "") == Group
        && (string?)target["resource"] == Resource
        && (Name is null || (string?)target["name"] == Name)
        && (string?)request["verb"] == Verb;
}
