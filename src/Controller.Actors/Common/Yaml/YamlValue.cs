using YamlDotNet.Core;

namespace AkkaVault.Controller.Common.Yaml;

/// <summary>A value of a YAML document, aliases and merge keys resolved.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Weight">How many values and characters it is when all its aliases are written out.</param>
internal abstract record YamlValue(Mark Start, long Weight)
{
    /// <summary>A scalar.</summary>
    /// <param name="Start">Where it begins.</param>
    /// <param name="Text">As it is written, without quotes.</param>
    /// <param name="IsNull">Whether it is empty, <c>~</c> or <c>null</c>, without quotes.</param>
    /// <param name="IsPlain">Whether it is without quotes and without a tag: <c>true</c> may be a truth value, <c>"true"</c> is a text.</param>
    public sealed record Scalar(Mark Start, string Text, bool IsNull, bool IsPlain) : YamlValue(Start, 1 + Text.Length);

    /// <summary>A list.</summary>
    public sealed record Sequence(Mark Start, IReadOnlyList<YamlValue> Items) : YamlValue(Start, 1 + Items.Sum(item => item.Weight));

    /// <summary>Keys with their values; each once.</summary>
    public sealed record Mapping(Mark Start, IReadOnlyList<KeyValuePair<string, YamlValue>> Entries)
        : YamlValue(Start, 1 + Entries.Sum(entry => entry.Key.Length + entry.Value.Weight));

    /// <summary>As it could be written in one line.</summary>
    public sealed override string ToString() => this switch
    {
        Mapping mapping => $"{{{string.Join(", ", mapping.Entries.Select(entry => $"{entry.Key}: {entry.Value}".TrimEnd()))}}}",
        Sequence sequence => $"[{string.Join(", ", sequence.Items)}]",
        Scalar { IsNull: true } => "",
        Scalar scalar => scalar.Text,
        _ => "",
    };
}
