using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>
/// <c>selfsubjectaccessreviews</c> (https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/):
/// a user asks what he may. Nothing is stored.
/// </summary>
internal static class SelfAccess
{
    /// <summary>Where they are created.</summary>
    public const string Path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

    /// <summary>The answer.</summary>
    /// <param name="sent">The review as it was sent.</param>
    /// <param name="version">As which server.</param>
    /// <param name="decide">Whether a verb on a resource is allowed, and why; null: it is not.</param>
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

/// <summary>What is asked about.</summary>
/// <param name="Verb">The verb.</param>
/// <param name="Group">The API group; empty: core.</param>
/// <param name="Resource">The plural.</param>
/// <param name="Subresource">Empty: the object.</param>
/// <param name="Namespace">Empty: all.</param>
/// <param name="Name">Empty: any.</param>
internal sealed record AccessAttributes(string Verb, string Group, string Resource, string Subresource, string Namespace, string Name);
