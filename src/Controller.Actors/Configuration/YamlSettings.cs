using AkkaVault.Controller.Common.Yaml;
using AkkaVault.Shared;

namespace AkkaVault.Controller.Configuration;

/// <summary>What the document has at a key.</summary>
/// <param name="Text">The text that the document has at the key, in one line; variables are not replaced.</param>
/// <param name="Values">
/// The values, with variables replaced and without white space at their ends. Empty: the value is null or an empty list. Null: the key has neither a
/// value nor a list of values.
/// </param>
/// <param name="IsMapping">Whether the key is a section. A section may be empty.</param>
internal sealed record Written(string Text, IReadOnlyList<string>? Values, bool IsMapping);

/// <summary>A YAML document as dotted keys with their values. Variables are replaced, and white space at the ends of values is cut off. The case of keys does not matter, as in the original.</summary>
internal sealed class YamlSettings
{
    private readonly Dictionary<string, Written> _written = new(StringComparer.OrdinalIgnoreCase);

    private YamlSettings()
    {
    }

    /// <summary>All keys that have a value, as the document spells them. The value may be empty.</summary>
    public IEnumerable<string> Keys => _written.Where(key => !key.Value.IsMapping).Select(key => key.Key);

    /// <summary>All sections that contain no key.</summary>
    public IEnumerable<string> EmptySections => _written.Where(key => key.Value is { IsMapping: true, Text: "{}" }).Select(key => key.Key);

    /// <summary>Reads a document.</summary>
    /// <param name="yaml">The text of the document.</param>
    /// <param name="variable">Returns the value of an environment variable.</param>
    /// <param name="problems">Receives a message if the text is not YAML.</param>
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

    /// <summary>The value of a key, or the first one if there are several; null if the key is missing or empty.</summary>
    public string? Scalar(string key) => At(key)?.Values is [{ Length: > 0 } value, ..] ? value : null;

    /// <summary>The values of a key, without empty ones; empty if the key is missing.</summary>
    public IReadOnlyList<string> List(string key) => [.. (At(key)?.Values ?? []).Where(value => value.Length > 0)];

    /// <summary>What the document has at a key or a section; null: nothing.</summary>
    public Written? At(string key) => _written.GetValueOrDefault(key);

    /// <summary>Whether there is a section with at least one key in it.</summary>
    public bool HasSection(string key) => Keys.Any(other => other.StartsWith(key + ".", StringComparison.OrdinalIgnoreCase));

    private void ReadBelow(string prefix, YamlValue.Mapping mapping, Func<string, string?> variable, ICollection<string> problems)
    {
        foreach (var (name, child) in mapping.Entries) Read($"{prefix}{name}", child, variable, problems);
    }

    private void Read(string key, YamlValue value, Func<string, string?> variable, ICollection<string> problems)
    {
        // A value from a Secret often ends in a line break.
        string Expanded(YamlValue scalar) => scalar is YamlValue.Scalar { IsNull: false, Text: var text } ? SettingText.Trim(EnvironmentExpansion.Expand(text, variable)) : "";

        var written = new Written($"{value}", value switch
        {
            YamlValue.Sequence sequence when sequence.Items.All(item => item is YamlValue.Scalar) => [.. sequence.Items.Select(Expanded)],
            YamlValue.Scalar { IsNull: true } => [],
            YamlValue.Scalar => [Expanded(value)],
            _ => null,
        }, value is YamlValue.Mapping);
        // A key may be written as vault.addr, or as addr below vault.
        if (!_written.TryAdd(key, written)) problems.Add($"{key}: is set twice, as a key with a dot and inside a section; expected it once (line {value.Start.Line})");
        else if (value is YamlValue.Mapping mapping) ReadBelow($"{key}.", mapping, variable, problems);
    }
}
