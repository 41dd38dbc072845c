using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>The policies by name. A set of policies grants nothing by default, and <c>root</c> grants everything.</summary>
internal sealed class PolicyStore
{
    /// <summary>The <c>default</c> policy: what every token may do with itself and with wrapping tokens.</summary>
    private const string Default = """
        path "auth/token/lookup-self" { capabilities = ["read"] }
        path "auth/token/renew-self" { capabilities = ["update"] }
        path "auth/token/revoke-self" { capabilities = ["update"] }
        path "sys/capabilities-self" { capabilities = ["update"] }
        path "sys/leases/lookup" { capabilities = ["update"] }
        path "sys/leases/renew" { capabilities = ["update"] }
        path "sys/renew" { capabilities = ["update"] }
        path "sys/wrapping/lookup" { capabilities = ["update"] }
        path "sys/wrapping/unwrap" { capabilities = ["update"] }
        """;

    /// <summary>The policy of wrapping tokens.</summary>
    private const string ResponseWrapping = """path "sys/wrapping/unwrap" { capabilities = ["update"] }""";

    private readonly ConcurrentDictionary<string, PolicyDocument> policies = new(StringComparer.OrdinalIgnoreCase)
    {
        ["default"] = PolicyDocument.Parse(Default),
        ["response-wrapping"] = PolicyDocument.Parse(ResponseWrapping),
    };

    public bool Exists(string name) => name == "root" || policies.ContainsKey(name);

    /// <summary>
    /// Whether these policies grant a capability on a path. The most specific pattern that matches decides
    /// (https://developer.hashicorp.com/vault/docs/concepts/policies#priority-matching). A pattern with <c>deny</c> grants nothing.
    /// </summary>
    public bool Allows(IReadOnlyList<string> names, string path, string capability, TimeSpan wrapTtl)
    {
        if (names.Contains("root")) return true;
        return AccessDecision.Of(RulesOf(names), path, list: capability == "list")?.Allows(capability, wrapTtl) ?? false;
    }

    /// <summary>Whether these policies grant anything at a mount or below it.</summary>
    /// <param name="names">The policies.</param>
    /// <param name="mount">The mount's path, with a slash at its end.</param>
    public bool AllowsBelow(IReadOnlyList<string> names, string mount) =>
        names.Contains("root") || RulesOf(names).Any(rule => rule.MayMatchBelow(mount) && !rule.Capabilities.Contains("deny") && rule.Capabilities.Count > 0);

    /// <summary>
    /// <c>sys/capabilities-self</c> (https://developer.hashicorp.com/vault/api-docs/system/capabilities-self).
    /// It matches a path as a list request does.
    /// </summary>
    public VaultAnswer Capabilities(VaultRequest request, IReadOnlyList<string> names)
    {
        var paths = request.Data.Texts("paths") is { Count: > 0 } several ? several : request.Data.Texts("path") ?? [];
        if (paths.Count == 0) throw new VaultRefusal(400, "paths must be supplied");
        var rules = RulesOf(names);
        var data = new JsonObject();
        foreach (var path in paths)
        {
            IReadOnlyList<string> granted = names.Contains("root") ? ["root"] : AccessDecision.Of(rules, path, list: true)?.Capabilities ?? ["deny"];
            data[path] = Json.List(granted);
            if (paths.Count == 1) data["capabilities"] = Json.List(granted);
        }

        return new VaultAnswer { Data = data, IsDataRepeated = true };
    }

    /// <summary><c>sys/policies/acl/:name</c> and the older <c>sys/policy/:name</c>.</summary>
    public VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> rest)
    {
        // A GET lists the policies only at the older path.
        if (rest.Length == 0 && (request.Lists || (request.Reads && request.Segments is ["sys", "policy"])))
            return VaultAnswer.Keys(policies.Keys.Where(name => name != "response-wrapping").Append("root").Order(StringComparer.Ordinal));
        if (rest.Length != 1) throw VaultRefusal.UnsupportedOperation;
        var name = rest[0].ToLowerInvariant();
        if (request.Reads)
        {
            if (name == "root") return VaultAnswer.OfData(new JsonObject { ["name"] = name, ["policy"] = "" });
            var found = policies.GetValueOrDefault(name) ?? throw new VaultRefusal(404, $"No policy named: {name}");
            return VaultAnswer.OfData(new JsonObject { ["name"] = name, ["policy"] = found.Text });
        }

        if (name is "root" or "response-wrapping") throw new VaultRefusal(400, $"cannot update {name} policy");
        if (request.Deletes)
        {
            if (name == "default") throw new VaultRefusal(400, "cannot delete default policy");
            policies.TryRemove(name, out _);
            return VaultAnswer.NoContent;
        }

        if (!request.Writes) throw VaultRefusal.UnsupportedOperation;
        policies[name] = request.Data.Text("policy") is { Length: > 0 } text
            ? PolicyDocument.Parse(text)
            : throw new VaultRefusal(400, "'policy' parameter not supplied or empty");
        return VaultAnswer.NoContent;
    }

    private List<PathRule> RulesOf(IReadOnlyList<string> names) =>
        [.. names.SelectMany(name => policies.TryGetValue(name, out var policy) ? policy.Rules : [])];
}
