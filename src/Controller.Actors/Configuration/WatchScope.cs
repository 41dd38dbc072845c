using System.Text.RegularExpressions;

namespace AkkaVault.Controller.Configuration;

/// <summary>Which namespaces the controllers watch: one by name, or all that match a regular expression.</summary>
internal sealed class WatchScope
{
    private readonly Regex _pattern;

    private WatchScope(string? single, Regex pattern) => (SingleNamespace, _pattern) = (single, pattern);

    /// <summary>A text for people: the namespace, or the regular expression.</summary>
    public override string ToString() => SingleNamespace is { } single ? $"namespace {single}" : $"namespaces that match {_pattern}";

    /// <summary>The one namespace, in lower case; null if the scope is a regular expression.</summary>
    public string? SingleNamespace { get; }

    /// <summary>
    /// Reads the name of a namespace, or <c>~</c> and a regular expression. A name must match as a whole. A regular expression may match any
    /// part of a name. Case does not matter in either, as in the original; the names in Kubernetes are lower case.
    /// </summary>
    /// <exception cref="RegexParseException">The regular expression is not valid.</exception>
    public static WatchScope Parse(string text) => text.StartsWith('~')
        ? new WatchScope(null, new Regex(text[1..], RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1)))
        : new WatchScope(text.ToLowerInvariant(), new Regex($"^{Regex.Escape(text)}$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase));

    public bool Includes(string name) => _pattern.IsMatch(name);
}
