using System.Text.RegularExpressions;

namespace AkkaVault.Controller.Configuration;

/// <summary>Which namespaces are watched: one by name, or all that match a regular expression.</summary>
public sealed class WatchScope
{
    private readonly Regex _pattern;

    private WatchScope(string? single, Regex pattern) => (SingleNamespace, _pattern) = (single, pattern);

    /// <summary>For people: the namespace, or what the names of the namespaces match.</summary>
    public override string ToString() => SingleNamespace is { } single ? $"namespace {single}" : $"namespaces that match {_pattern}";

    /// <summary>The one namespace, lower case; null when the scope is a regular expression.</summary>
    public string? SingleNamespace { get; }

    /// <summary>
    /// A namespace's name (matched whole, case-insensitively: Kubernetes' own names are lower case), or <c>~</c> and a regular
    /// expression that is searched for, whatever the case, as the original did.
    /// </summary>
    /// <exception cref="RegexParseException">The regular expression is not one.</exception>
    public static WatchScope Parse(string text) => text.StartsWith('~')
        ? new WatchScope(null, new Regex(text[1..], RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1)))
        : new WatchScope(text.ToLowerInvariant(), new Regex($"^{Regex.Escape(text)}$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase));

    /// <summary>Whether a namespace is watched.</summary>
    public bool Includes(string name) => _pattern.IsMatch(name);
}
