using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>RBAC (https://kubernetes.io/docs/reference/access-authn-authz/rbac/) from the roles and bindings that are stored.</summary>
internal sealed class Authorizer(ObjectStore store)
{
    /// <summary>Whether a user may.</summary>
    public bool Allows(string user, string verb, ApiPath path) =>
        RulesOf(user, path.Namespace).Any(rule => Covers(rule, verb, path));

    private IEnumerable<JsonNode> RulesOf(string user, string ns)
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
               select rule;
    }

    private static bool IsFor(StoredObject binding, string user) => (binding.Json["subjects"]?.AsArray() ?? []).Any(subject => (string)subject!["kind"]! switch
    {
        "User" => (string?)subject["name"] == user,
        "ServiceAccount" => user == $"system:serviceaccount:{(string?)subject["namespace"] ?? binding.Namespace}:{(string?)subject["name"]}",
        _ => false,
    });

    private static bool Covers(JsonNode rule, string verb, ApiPath path)
    {
        var resource = path.Subresource.Length == 0 ? path.Resource.Plural : $"{path.Resource.Plural}/{path.Subresource}";
        return Has(rule, "verbs", verb) && Has(rule, "apiGroups", path.Resource.Group) && Has(rule, "resources", resource)
            && (rule["resourceNames"] is not JsonArray { Count: > 0 } names || names.Any(name => (string?)name == path.Name));
    }

    private static bool Has(JsonNode rule, string list, string wanted) => rule[list] is JsonArray items && items.Any(item => (string?)item is { } text && (text == wanted || text == "*"));
}
