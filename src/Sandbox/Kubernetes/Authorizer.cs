using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>Decides by the stored roles and bindings what a user may do (RBAC, https://kubernetes.io/docs/reference/access-authn-authz/rbac/).</summary>
internal sealed class Authorizer(ObjectStore store)
{
    private const string ServiceAccountPrefix = "system:serviceaccount:";

    /// <summary>Whether a user may use a verb on a path.</summary>
    public bool Allows(string user, string verb, ApiPath path) => WhyAllowed(user, Asked(verb, path)) is not null;

    /// <summary>The binding that allows an access, in the API server's words; null: no binding allows it.</summary>
    public string? WhyAllowed(string user, AccessAttributes asked) =>
        RulesOf(user, asked.Namespace).Where(granted => Covers(granted.Rule, asked)).Select(granted => ReasonOf(granted.Binding, user)).FirstOrDefault();

    private static AccessAttributes Asked(string verb, ApiPath path) =>
        new(verb, path.Resource.Group, path.Resource.Plural, path.Subresource, path.Namespace, path.Name);

    private IEnumerable<(StoredObject Binding, JsonNode Rule)> RulesOf(string user, string ns)
    {
        var everywhere = store.List(ApiResource.ClusterRoleBindings).Objects;
        var here = store.List(ApiResource.RoleBindings).Objects.Where(binding => ns.Length > 0 && binding.Namespace == ns);
        return from binding in everywhere.Concat(here)
               where IsFor(binding, user)
               let role = (string)binding.Json["roleRef"]!["name"]!
               let found = (string)binding.Json["roleRef"]!["kind"]! == ApiResource.ClusterRoles.Kind
                   ? store.Find(ApiResource.ClusterRoles, "", role)
                   : store.Find(ApiResource.Roles, binding.Namespace, role)
               from rule in found?.Json["rules"]?.AsArray() ?? []
               where rule is not null
               select (binding, rule);
    }

    private static bool IsFor(StoredObject binding, string user) => (binding.Json["subjects"]?.AsArray() ?? []).Any(subject => (string)subject!["kind"]! switch
    {
        "User" => (string?)subject["name"] == user,
        "ServiceAccount" => user == $"{ServiceAccountPrefix}{(string?)subject["namespace"] ?? binding.Namespace}:{(string?)subject["name"]}",
        _ => false,
    });

    private static string ReasonOf(StoredObject binding, string user)
    {
        var name = binding.Namespace.Length == 0 ? binding.Name : $"{binding.Name}/{binding.Namespace}";
        var subject = user.StartsWith(ServiceAccountPrefix, StringComparison.Ordinal) && user[ServiceAccountPrefix.Length..].Split(':') is [var ns, var account]
            ? $"ServiceAccount \"{account}/{ns}\""
            : $"User \"{user}\"";
        var kind = binding.Namespace.Length == 0 ? ApiResource.ClusterRoleBindings.Kind : ApiResource.RoleBindings.Kind;
        return $"RBAC: allowed by {kind} \"{name}\" of {(string)binding.Json["roleRef"]!["kind"]!} \"{(string)binding.Json["roleRef"]!["name"]!}\" to {subject}";
    }

    private static bool Covers(JsonNode rule, AccessAttributes asked)
    {
        var resource = asked.Subresource.Length == 0 ? asked.Resource : $"{asked.Resource}/{asked.Subresource}";
        return Has(rule, "verbs", asked.Verb) && Has(rule, "apiGroups", asked.Group) && Has(rule, "resources", resource)
            && (rule["resourceNames"] is not JsonArray { Count: > 0 } names || names.Any(name => (string?)name == asked.Name));
    }

    private static bool Has(JsonNode rule, string list, string wanted) => rule[list] is JsonArray items && items.Any(item => (string?)item is { } text && (text == wanted || text == "*"));
}
