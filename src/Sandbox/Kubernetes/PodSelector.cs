namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>The selectors of a list or watch: the fields and label comparisons that Kubernetes knows for pods.</summary>
internal sealed class PodSelector(string? ns, string fields, string labels)
{
    private readonly (string Field, bool Equal, string Value)[] _fields = Parse(fields);
    private readonly (string Field, bool Equal, string Value)[] _labels = Parse(labels);

    /// <summary>Whether a pod is selected.</summary>
    public bool Matches(StoredPod pod) => (ns is null || pod.Namespace == ns)
        && _fields.All(term => (Value(pod, term.Field) == term.Value) == term.Equal)
        && _labels.All(term => ((string?)pod.Json["metadata"]?["labels"]?[term.Field] == term.Value) == term.Equal);

    private static string Value(StoredPod pod, string field) => field switch
    {
        "metadata.name" => pod.Name,
        "metadata.namespace" => pod.Namespace,
        "status.phase" => pod.Phase,
        "spec.nodeName" => (string?)pod.Json["spec"]?["nodeName"] ?? "",
        _ => throw new ArgumentException($"field label not supported: {field}"),
    };

    private static (string Field, bool Equal, string Value)[] Parse(string text) =>
    [
        .. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(term =>
        {
            var equal = !term.Contains("!=", StringComparison.Ordinal);
            var parts = term.Split(equal ? term.Contains("==", StringComparison.Ordinal) ? "==" : "=" : "!=", 2);
            return parts.Length == 2 ? (parts[0], equal, parts[1]) : throw new ArgumentException($"invalid selector: {term}");
        }),
    ];
}
