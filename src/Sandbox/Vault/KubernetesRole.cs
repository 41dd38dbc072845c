using System.IO.Enumeration;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>A role of the Kubernetes auth method: which service accounts may use it, and the settings of its tokens.</summary>
internal sealed record KubernetesRole
{
    /// <summary>The <c>token_…</c> fields that this method also accepts by their older names.</summary>
    private static readonly string[] OlderNames = ["bound_cidrs", "max_ttl", "num_uses", "period", "policies", "ttl"];

    /// <summary>The required audience; empty: any.</summary>
    public string Audience { get; private init; } = "";

    public TokenTerms Terms { get; private init; } = new();

    private IReadOnlyList<string> Names { get; init; } = [];

    private IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Applies the fields of a create or update request; all other fields stay.</summary>
    public KubernetesRole With(RequestData data)
    {
        var role = this with
        {
            Terms = Terms.With(data, OlderNames),
            Names = data.Texts("bound_service_account_names") ?? Names,
            Namespaces = data.Texts("bound_service_account_namespaces") ?? Namespaces,
            Audience = data.Text("audience") ?? Audience,
        };
        if (role.Names.Count == 0) throw new VaultRefusal(400, "\"bound_service_account_names\" can not be empty");
        if (role.Namespaces.Count == 0)
            throw new VaultRefusal(400, "\"bound_service_account_namespaces\" can not be empty if \"bound_service_account_namespace_selector\" is not set");
        if ((role.Names.Count > 1 && role.Names.Contains("*")) || (role.Namespaces.Count > 1 && role.Namespaces.Contains("*")))
            throw new VaultRefusal(400, "can not mix \"*\" with values");
        return role;
    }

    public bool AllowsName(string name) => Matches(Names, name);

    public bool AllowsNamespace(string name) => Matches(Namespaces, name);

    public JsonObject ToData()
    {
        var data = new JsonObject
        {
            ["alias_name_source"] = "serviceaccount_uid",
            ["bound_service_account_names"] = Json.List(Names),
            ["bound_service_account_namespaces"] = Json.List(Namespaces),
        };
        if (Audience.Length > 0) data["audience"] = Audience;
        Terms.AddTo(data);
        return data;
    }

    private static bool Matches(IReadOnlyList<string> patterns, string name) =>
        patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false));
}
