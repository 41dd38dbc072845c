using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AkkaVault.Controller.Common.Yaml;

namespace AkkaVault.Controller.Kubernetes.Access;

/// <summary>A mapping of a kubeconfig. It collects what is wrong with its keys, and knows which keys nobody has read.</summary>
internal sealed partial class YamlSection
{
    private static readonly string[] s_true = ["true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"];
    private static readonly string[] s_false = ["false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"];

    private readonly Dictionary<string, YamlValue> _children = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly ICollection<string> _problems;

    /// <summary>Reads.</summary>
    /// <param name="path">Where it is, for people; empty: at the top.</param>
    /// <param name="node">What is there; null: nothing.</param>
    /// <param name="problems">Collects what is wrong.</param>
    public YamlSection(string path, YamlValue? node, ICollection<string> problems)
    {
        (_path, _problems) = (path, problems);
        if (node is YamlValue.Mapping mapping)
        {
            foreach (var (key, child) in mapping.Entries) _children.Add(key, child);
        }
        else if (!IsNull(node))
        {
            Problem(path.Length == 0 ? "expected a kubeconfig in YAML, with clusters, users and contexts" : "expected keys with values");
        }
    }

    /// <summary>All keys with their values, whatever they are.</summary>
    public IEnumerable<string> Keys => _children.Keys;

    /// <summary>Notes what is wrong with it.</summary>
    public void Problem(string problem) => _problems.Add(_path.Length == 0 ? problem : $"{_path}: {problem}");

    /// <summary>Notes what is wrong with a key of it.</summary>
    public void Problem(string key, string problem) => _problems.Add($"{PathOf(key)}: {problem}");

    /// <summary>The text at a key; null: there is none, or an empty one.</summary>
    public string? Text(string key) => Child(key) switch
    {
        YamlValue.Scalar { Text.Length: > 0 } scalar => scalar.Text,
        null or YamlValue.Scalar => null,
        _ => Wrong<string>(key, "expected text"),
    };

    /// <summary>Whether it is true at a key; false where nothing is.</summary>
    public bool Flag(string key)
    {
        switch (Child(key))
        {
            case null:
                return false;
            case YamlValue.Scalar { IsPlain: true, Text: var value } when s_true.Contains(value):
                return true;
            case YamlValue.Scalar { IsPlain: true, Text: var value } when s_false.Contains(value):
                return false;
            default:
                Problem(key, "expected true or false");
                return false;
        }
    }

    /// <summary>The texts at a key; none where nothing is.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        switch (Child(key))
        {
            case null:
                return [];
            case YamlValue.Sequence list when list.Items.All(item => item is YamlValue.Scalar):
                return [.. list.Items.Select(item => ((YamlValue.Scalar)item).Text)];
            default:
                Problem(key, "expected a list of texts");
                return [];
        }
    }

    /// <summary>The mapping at a key; null: there is none.</summary>
    /// <param name="key">The key.</param>
    /// <param name="path">Where it is, for people; null: below where this is.</param>
    public YamlSection? Below(string key, string? path = null) => Child(key) is { } node ? new YamlSection(path ?? PathOf(key), node, _problems) : null;

    /// <summary>The mappings in the list at a key; none where nothing is.</summary>
    public IReadOnlyList<YamlSection> Items(string key)
    {
        switch (Child(key))
        {
            case null:
                return [];
            case YamlValue.Sequence list:
                return [.. list.Items.Select((item, index) => new YamlSection($"{PathOf(key)}[{index}]", item, _problems))];
            default:
                Problem(key, "expected a list");
                return [];
        }
    }

    /// <summary>What is at a key, as JSON; null: nothing.</summary>
    public JsonNode? Json(string key) => Child(key) is { } node ? Json(node) : null;

    /// <summary>Keys that mean nothing here, as to kubectl.</summary>
    public void PassOver(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys) _known.Add(key);
    }

    /// <summary>Refuses each key that was neither read nor skipped: it was written for some reason.</summary>
    public void RefuseOthers()
    {
        foreach (var key in _children.Keys.Where(key => !_known.Contains(key)))
        {
            // What does not look like a key may be a secret in the wrong place.
            if (KeyName().IsMatch(key)) Problem(key, "is not supported; expected a key that kubectl knows");
            else Problem("has a key that kubectl does not know (it is not shown here)");
        }
    }

    private string PathOf(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    private YamlValue? Child(string key)
    {
        _known.Add(key);
        return _children.TryGetValue(key, out var node) && !IsNull(node) ? node : null;
    }

    private T? Wrong<T>(string key, string problem) where T : class
    {
        Problem(key, problem);
        return null;
    }

    private static JsonNode? Json(YamlValue value) => value switch
    {
        YamlValue.Mapping mapping => new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key, Json(entry.Value)))),
        YamlValue.Sequence list => new JsonArray([.. list.Items.Select(Json)]),
        YamlValue.Scalar { IsPlain: true, Text: var plain } => Scalar(plain),
        YamlValue.Scalar scalar => scalar.Text,
        _ => null,
    };

    private static JsonNode? Scalar(string plain) => plain switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        _ when s_true.Contains(plain) => true,
        _ when s_false.Contains(plain) => false,
        _ when JsonNumber().IsMatch(plain) => JsonNode.Parse(plain),
        _ => plain,
    };

    private static bool IsNull(YamlValue? node) => node is null or YamlValue.Scalar { IsNull: true };

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_.-]{0,40}\z")]
    private static partial Regex KeyName();

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,15})?\z")]
    private static partial Regex JsonNumber();
}
