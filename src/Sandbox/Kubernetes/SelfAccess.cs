using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>
/// <c>selfsubjectaccessreviews</c>
/// (https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/):
/// a user asks about their own rights. Nothing is stored.
/// </summary>
internal static class SelfAccess
{
    /// <summary>The path that reviews are posted to.</summary>
    public const string Path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

    /// <summary>The answer to a review.</summary>
    /// <param name="sent">The review in the request.</param>
    /// <param name="version">The version of the server.</param>
    /// <param name="decide">Why a verb on a resource is allowed; null: it is not allowed.</param>
    public static JsonObject Review(JsonObject sent, ApiServerVersion version, Func<AccessAttributes, string?> decide)
    {
        if (sent["spec"]?["resourceAttributes"] is not JsonObject asked)
        {
            throw ApiRefusal.Unstored(
                "authorization.k8s.io", "spec.resourceAttributes", "FieldValueInvalid", "Invalid value: \"null\": exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }

        string Field(string name) => (string?)asked[name] ?? "";
        var why = decide(new AccessAttributes(Field("verb"), Field("group"), Field("resource"), Field("subresource"), Field("namespace"), Field("name")));
        var status = new JsonObject { ["allowed"] = why is not null };
        if (why is { Length: > 0 }) status["reason"] = why;
        return new JsonObject
        {
            ["kind"] = "SelfSubjectAccessReview",
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["metadata"] = version is ApiServerVersion.Kubernetes120 ? new JsonObject { ["creationTimestamp"] = null } : [],
            ["spec"] = new JsonObject { ["resourceAttributes"] = asked.DeepClone() },
            ["status"] = status,
        };
    }
}

/// <summary>The attributes of a review: verb, resource and object.</summary>
/// <param name="Verb">The verb.</param>
/// <param name="Group">The API group; empty: core.</param>
/// <param name="Resource">The plural of the kind.</param>
/// <param name="Subresource">The subresource; empty: the object itself.</param>
/// <param name="Namespace">The namespace; empty: all namespaces.</param>
/// <param name="Name">The object's name; empty: any name.</param>
internal sealed record AccessAttributes(string Verb, string Group, string Resource, string Subresource, string Namespace, string Name);
