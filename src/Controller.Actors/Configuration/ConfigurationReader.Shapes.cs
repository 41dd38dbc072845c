using AkkaVault.Shared;

namespace AkkaVault.Controller.Configuration;

/// <content>
/// Finds wrong shapes: several values where one is expected, a mapping in place of a value, a value in place of a section. A key with a
/// wrong shape must not count as missing: a security setting would then be off, and nobody would notice.
/// </content>
internal sealed partial class ConfigurationReader
{
    // People write the credential itself at these keys by mistake, instead of the path of its file.
    private static readonly string[] s_unshown =
        ["vault.tokenFile", "vault.auth.kubernetes.jwtPath", "vault.auth.approle.roleIdFile", "vault.auth.approle.secretIdFile"];

    // These keys hold a token, or people put a token there by mistake.
    private static readonly string[] s_secret = ["vault", "vault.token", "vault.auth", "vault.auth.kubernetes", "vault.auth.approle"];

    private static string[] Sections => [.. KnownKeys.SelectMany(Above).Distinct()];

    private static IEnumerable<string> Above(string key)
    {
        for (var dot = key.IndexOf('.'); dot >= 0; dot = key.IndexOf('.', dot + 1)) yield return key[..dot];
    }

    private static bool IsList(string key) => key.EndsWith(".vaultCABackends", StringComparison.Ordinal);

    private static bool IsTls(string key) => key.Contains(".tls.", StringComparison.Ordinal);

    /// <summary>The problems with shapes, by key. For a key with a wrong shape no other problem is reported.</summary>
    private Dictionary<string, string> Shapes()
    {
        var wrong = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var key in KnownKeys)
        {
            if (_yaml.At(key) is not { } written) continue;
            if (written.Values is null) wrong[key] = Shape(key, written, IsList(key) ? "a value or a list of values" : "one value");
            else if (written.Values.Count > 1 && !IsList(key)) wrong[key] = Shape(key, written, "one value");
            else if (written.Values.FirstOrDefault(value => IsBroken(key, value)) is { } broken) wrong[key] = Broken(key, broken);
            else if (IsTls(key) && _yaml.List(key).Count == 0)
                wrong[key] = Quoted(key, written.Text, "a value: the key is written, but its value is empty once variables are replaced; to set no value, leave the key out");
        }

        foreach (var section in Sections)
        {
            var keys = $"keys below it, such as {KnownKeys.First(key => key.StartsWith($"{section}.", StringComparison.Ordinal))}";
            if (_yaml.At(section) is { IsMapping: false, Values: not [] } written) wrong[section] = Shape(section, written, keys);
            else if (section == ClusterTlsSection && IsEmptySection(section)) wrong[section] = $"{section}: is empty; expected {keys}; to use no TLS, leave the section out";
        }

        return wrong;
    }

    // The API server accepts a selector with line breaks, and LabelSelector checks the grammar. GivenToken checks vault.token.
    private static bool IsBroken(string key, string value) => key is not ("kubernetes.labelSelector" or "vault.token") && SettingText.HasInvisible(value);

    private static string Broken(string key, string value) => s_unshown.Contains(key)
        ? $"{key}: has line breaks or other invisible characters in it; expected none (it is not shown here)"
        : Quoted(key, value, "no line breaks and no other invisible characters in it");

    private static string Shape(string key, Written written, string expected) => s_secret.Contains(key)
        ? $"{key}: is {(written is { IsMapping: false, Values.Count: 1 } ? "a value" : "a list or a mapping")}; expected {expected} (it is not shown here)"
        : Quoted(key, written.Text, expected);

    private bool IsEmptySection(string section) => _yaml.At(section) is { IsMapping: true, Text: "{}" } or { Values: [] };

    /// <summary>What the controller ignores: unknown keys, and empty values where a value is optional.</summary>
    private IEnumerable<string> Warnings()
    {
        foreach (var key in _yaml.Keys)
        {
            if (KnownKeys.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                if (_shapes.ContainsKey(key) || _problems.Exists(problem => problem.StartsWith($"{key}:", StringComparison.OrdinalIgnoreCase)) || _yaml.At(key) is not { } written) continue;
                if (written is { Text.Length: > 0, Values: [""] }) yield return $"{key}: is empty once its variables are replaced: it counts as not written";
                else if (written.Values is [] or [""]) yield return $"{key}: is empty: it counts as not written";
                else if (written.Values is { } values && values.Contains("")) yield return $"{key}: one of its values is empty once its variables are replaced: it is left out";
            }
            else if (!Sections.Contains(key, StringComparer.OrdinalIgnoreCase) && !Above(key).Any(_shapes.ContainsKey))
            {
                yield return $"{key}: unknown key, ignored; did you mean {Nearest(key)}?";
            }
        }

        foreach (var section in _yaml.EmptySections.Where(section => !KnownKeys.Concat(Sections).Contains(section, StringComparer.OrdinalIgnoreCase)))
            yield return $"{section}: unknown key, ignored; did you mean {Nearest(section)}?";
        foreach (var section in Sections.Where(section => IsEmptySection(section) && !_shapes.ContainsKey(section))) yield return $"{section}: is empty: it counts as not written";
    }
}
