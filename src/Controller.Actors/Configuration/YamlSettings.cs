using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AkkaVault.Controller.Configuration;

/// <summary>A YAML document as dotted keys with their values, expanded; keys are matched whatever their case, as the original did.</summary>
public sealed class YamlSettings
{
    private readonly Dictionary<string, IReadOnlyList<string>> _values = new(StringComparer.OrdinalIgnoreCase);

    private YamlSettings()
    {
    }

    /// <summary>All keys, as written.</summary>
    public IReadOnlyCollection<string> Keys => _values.Keys;

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
            stream.Load(new StringReader(yaml));
            if (stream.Documents.Count > 0) settings.Read("", stream.Documents[0].RootNode, variable, problems);
        }
        catch (YamlException e)
        {
            problems.Add($"the file is not YAML: line {e.Start.Line}, column {e.Start.Column}: {e.Message}");
        }

        return settings;
    }

    /// <summary>The value of a key, or null when it is not there or empty.</summary>
    public string? Scalar(string key) => _values.GetValueOrDefault(key) is [{ Length: > 0 } value] ? value : null;

    /// <summary>The values of a key; empty when it is not there.</summary>
    public IReadOnlyList<string> List(string key) => [.. _values.GetValueOrDefault(key, []).Where(value => value.Length > 0)];

    /// <summary>Whether a mapping is there, with any key in it.</summary>
    public bool HasSection(string key) => _values.Keys.Any(other => other.StartsWith(key + ".", StringComparison.OrdinalIgnoreCase));

    private void Read(string key, YamlNode node, Func<string, string?> variable, ICollection<string> problems)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                foreach (var (name, child) in mapping.Children)
                    Read(key.Length == 0 ? $"{name}" : $"{key}.{name}", child, variable, problems);
                break;
            case YamlSequenceNode sequence when key.Length > 0 && sequence.All(item => item is YamlScalarNode):
                _values[key] = [.. sequence.Cast<YamlScalarNode>().Select(item => EnvironmentExpansion.Expand(item.Value ?? "", variable))];
                break;
            case YamlScalarNode { Style: ScalarStyle.Plain, Value: "~" or "null" or "" or null }:
                if (key.Length > 0) _values[key] = [];
                break;
            case YamlScalarNode scalar when key.Length > 0:
                _values[key] = [EnvironmentExpansion.Expand(scalar.Value ?? "", variable)];
                break;
            default:
                problems.Add(key.Length == 0 ? "the file is not a YAML mapping" : $"{key}: expected a value or a list of values");
                break;
        }
    }
}
