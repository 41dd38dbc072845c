using System.Text.Json.Nodes;

namespace AkkaVault.EndToEnd.Tests.Manifests;

/// <summary>One thing that may be done.</summary>
/// <param name="Namespace">Where; null: everywhere.</param>
/// <param name="Group">The API group.</param>
/// <param name="Resource">To what, in the plural.</param>
/// <param name="Name">To which; null: to all.</param>
/// <param name="Verb">What.</param>
internal sealed record Right(string? Namespace, string Group, string Resource, string? Name, string Verb)
{
    /// <summary>Those of a role's rule.</summary>
    public static IEnumerable<Right> Of(JsonNode rule, string? ns)
    {
        IEnumerable<string> Texts(string key) => rule[key]!.AsArray().Select(text => (string)text!);
        return from @group in Texts("apiGroups")
               from resource in Texts("resources")
               from verb in Texts("verbs")
               from name in rule["resourceNames"] is null ? [null] : Texts("resourceNames").Cast<string?>()
               select new Right(ns, @group, resource, name, verb);
    }

    /// <summary>Whether a request, as the API server's audit log has it, needed this right.</summary>
    public bool WasUsedBy(JsonNode request) => request["objectRef"] is { } target
        && (Namespace is null || (string?)target["namespace"] == Namespace)
        && ((string?)target["apiGroup"] ?? "") == Group
        && (string?)target["resource"] == Resource
        && (Name is null || (string?)target["name"] == Name)
        && (string?)request["verb"] == Verb;
}
