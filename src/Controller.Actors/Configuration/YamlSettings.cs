using AkkaVault.Controller.Common.Yaml;
using AkkaVault.Shared;

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

    /// <summary>All sections without a key in them.</summary>
    public IEnumerable<string> EmptySections => _written.Where(key => key.Value is { IsMapping: true, Text: "{}" }).Select(key => key.Key);

    /// <summary>Reads a document.</summary>
    /// <param name="yaml">Its text.</param>
    /// <param name="variable">Environment variables.</param>
    /// <param name="problems">Collects what is not YAML.</param>
    public static YamlSettings Parse(string yaml, Func<string, string?> variable, ICollection<string> problems)
    {
        var settings = new YamlSettings();
        var found = new List<YamlProblem>();
        var document = YamlComposer.Read(yaml, StringComparer.OrdinalIgnoreCase, found);
        foreach (var problem in found) problems.Add($"{problem}");
        switch (document)
        {
            case YamlValue.Mapping mapping:
                settings.ReadBelow("", mapping, variable, problems);
                break;
            case not (null or YamlValue.Scalar { IsNull: true }):
                problems.Add("the file is not a YAML mapping");
                break;
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

    private void ReadBelow(string prefix, YamlValue.Mapping mapping, Func<string, string?> variable, ICollection<string> problems)
    {
        foreach (var (name, child) in mapping.Entries) Read($"{prefix}{name}", child, variable, problems);
    }

    private void Read(string key, YamlValue value, Func<string, string?> variable, ICollection<string> problems)
    {
        // What comes from a Secret often ends in a line break.
        string Expanded(YamlValue scalar) => scalar is YamlValue.Scalar { IsNull: false, Text: var text } ? SettingText.Trim(EnvironmentExpansion.Expand(text, variable)) : "";

        var written = new Written($"{value}", value switch
        {
            YamlValue.Sequence sequence when sequence.Items.All(item => item is YamlValue.Scalar) => [.. sequence.Items.Select(Expanded)],
            YamlValue.Scalar { IsNull: true } => [],
            YamlValue.Scalar => [Expanded(value)],
            _ => null,
        }, value is YamlValue.Mapping);
        // As vault.addr and as addr below vault.
        if (!_written.TryAdd(key, written)) problems.Add($"{key}: is written with a dot in its name, and as a section as well; expected it once (line {value.Start.Line})");
        else if (value is YamlValue.Mapping mapping) ReadBelow($"{key}.", mapping, variable, problems);
    }
}
