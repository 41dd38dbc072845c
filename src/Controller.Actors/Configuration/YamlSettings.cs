using AkkaVault.Shared;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AkkaVault.Controller.Configuration;

/// <summary>What is written at a key.</summary>
/// <param name="Text">As it is written, in one line; variables are not replaced.</param>
/// <param name="Values">Its values, variables replaced, white space at their ends cut off; none where it is empty. Null: it is neither a value nor a list of values.</param>
/// <param name="IsMapping">Whether there are keys below it, or could be.</param>
public sealed record Written(string Text, IReadOnlyList<string>? Values, bool IsMapping);

/// <summary>A YAML document as dotted keys with their values, expanded and without white space at their ends; keys are matched whatever their case, as the original did.</summary>
public sealed class YamlSettings
{
    private readonly Dictionary<string, Written> _written = new(StringComparer.OrdinalIgnoreCase);

    private YamlSettings()
    {
    }

    /// <summary>All keys with a value, be it an empty one, as written.</summary>
    public IEnumerable<string> Keys => _written.Where(key => !key.Value.IsMapping).Select(key => key.Key);

    /// <summary>Reads a document.</summary>
    /// <param name="yaml">Its text.</param>
    /// <param name="variable">Environment variables.</param>
    /// <param name="problems">Is told what is not YAML.</param>
    public static YamlSettings Parse(string yaml, Func<string, string?> variable, ICollection<string> problems)
    {
        var settings = new YamlSettings();
        try
        {
            var stream = new YamlStream();
            // Merge keys (<<) as the original's parser has them.
            stream.Load(new MergingParser(new Parser(new StringReader(yaml))));
            if (stream.Documents is [var document, ..]) settings.ReadRoot(document.RootNode, variable, problems);
        }
        catch (YamlException e)
        {
            problems.Add($"the file is not YAML: line {e.Start.Line}, column {e.Start.Column}: {e.Message}");
        }

        return settings;
    }

    /// <summary>The value of a key, the first where there are several; null when it is not there or empty.</summary>
    public string? Scalar(string key) => At(key)?.Values is [{ Length: > 0 } value, ..] ? value : null;

    /// <summary>The values of a key; empty when it is not there.</summary>
    public IReadOnlyList<string> List(string key) => [.. (At(key)?.Values ?? []).Where(value => value.Length > 0)];

    /// <summary>What is written at a key or a section; null: nothing.</summary>
    public Written? At(string key) => _written.GetValueOrDefault(key);

    /// <summary>Whether a mapping is there, with any key in it.</summary>
    public bool HasSection(string key) => Keys.Any(other => other.StartsWith(key + ".", StringComparison.OrdinalIgnoreCase));

    private void ReadRoot(YamlNode root, Func<string, string?> variable, ICollection<string> problems)
    {
        if (root is YamlMappingNode mapping) ReadBelow("", mapping, variable);
        else if (!IsNull(root)) problems.Add("the file is not a YAML mapping");
    }

    private void ReadBelow(string prefix, YamlMappingNode mapping, Func<string, string?> variable)
    {
        foreach (var (name, child) in mapping.Children) Read($"{prefix}{Text(name)}", child, variable);
    }

    private void Read(string key, YamlNode node, Func<string, string?> variable)
    {
        // What comes from a Secret often ends in a line break.
        string Expanded(YamlNode scalar) => SettingText.Trim(EnvironmentExpansion.Expand(((YamlScalarNode)scalar).Value ?? "", variable));

        _written[key] = new Written(Text(node), node switch
        {
            YamlSequenceNode sequence when sequence.All(item => item is YamlScalarNode) => [.. sequence.Select(Expanded)],
            YamlScalarNode when IsNull(node) => [],
            YamlScalarNode => [Expanded(node)],
            _ => null,
        }, node is YamlMappingNode);
        if (node is YamlMappingNode mapping) ReadBelow($"{key}.", mapping, variable);
    }

    private static bool IsNull(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: "~" or "null" or "" or null };

    private static string Text(YamlNode node) => node switch
    {
        YamlMappingNode mapping => $"{{{string.Join(", ", mapping.Children.Select(child => $"{Text(child.Key)}: {Text(child.Value)}".TrimEnd()))}}}",
        YamlSequenceNode sequence => $"[{string.Join(", ", sequence.Select(Text))}]",
        _ when IsNull(node) => "",
        _ => $"{node}",
    };
}
