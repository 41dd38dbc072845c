namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>The objects that a list or watch selects: by namespace, fields and labels.</summary>
internal sealed class ObjectSelector
{
    private static readonly string[] EveryKind = ["metadata.name", "metadata.namespace"];

    private static readonly Dictionary<ApiResource, string[]> OfKind = new()
    {
        [ApiResource.Pods] = ["status.phase", "status.podIP", "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName"],
        [ApiResource.Events] = ["involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "reason", "type"],
        [ApiResource.Namespaces] = ["status.phase"],
    };

    private readonly string _namespace;
    private readonly Term[] _fields;
    private readonly Term[] _labels;

    /// <summary>Parses selectors.</summary>
    /// <exception cref="ApiRefusal">400: the text is not a selector, or the field is not selectable.</exception>
    public ObjectSelector(ApiResource resource, string ns, string fields, string labels)
    {
        (_namespace, _fields, _labels) = (ns, Parse(fields), Parse(labels));
        if (_fields.FirstOrDefault(term => !EveryKind.Concat(OfKind.GetValueOrDefault(resource, [])).Contains(term.Name)) is { } unknown)
            throw ApiRefusal.BadRequest($"field label not supported: {unknown.Name}");
    }

    public bool Matches(StoredObject item) => (_namespace.Length == 0 || item.Namespace == _namespace)
        && _fields.All(term => (item.Field(term.Name) == term.Value) == term.Equal)
        && _labels.All(term => (term.Value is null ? Label(item, term.Name) is not null : Label(item, term.Name) == term.Value) == term.Equal);

    /// <summary>One comparison. Without a value, it asks whether the label exists.</summary>
    private sealed record Term(string Name, bool Equal, string? Value);

    private static string? Label(StoredObject item, string name) => (string?)item.Json["metadata"]!["labels"]?[name];

    private static Term[] Parse(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(ParseTerm)];

    private static Term ParseTerm(string text)
    {
        if (text.Split("!=", 2) is [var unlike, var other]) return new Term(unlike.Trim(), false, other.Trim());
        if (text.Replace("==", "=", StringComparison.Ordinal).Split('=', 2) is [var like, var value]) return new Term(like.Trim(), true, value.Trim());
        if (text.Contains(' ', StringComparison.Ordinal)) throw ApiRefusal.BadRequest($"unable to parse requirement: this simulation knows no set-based selectors: {text}");
        return text.StartsWith('!') ? new Term(text[1..], false, null) : new Term(text, true, null);
    }
}
