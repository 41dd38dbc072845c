using System.Text.RegularExpressions;

namespace AkkaVault.EndToEnd.Tests.Monitoring;

/// <summary>The metrics and labels that a PromQL expression names.</summary>
/// <param name="Metrics">Each metric, with its matchers.</param>
/// <param name="Grouped">The labels that the expression groups by or joins on.</param>
internal sealed partial record PromQl(IReadOnlyList<PromQlSelector> Metrics, IReadOnlyList<string> Grouped)
{
    private static readonly HashSet<string> s_functions = ["sum", "max", "min", "avg", "count", "rate", "increase", "absent", "histogram_quantile", "time"];
    private static readonly HashSet<string> s_words = ["and", "or", "unless", "offset", "bool"];
    private static readonly HashSet<string> s_groupings = ["by", "without", "on", "ignoring", "group_left", "group_right"];

    /// <summary>Parses an expression. It supports only the functions that are used here.</summary>
    /// <exception cref="FormatException">The expression has an unsupported part.</exception>
    public static PromQl Parse(string expression)
    {
        var tokens = Token().Matches(expression).Where(token => !string.IsNullOrWhiteSpace(token.Value)).Select(token => token.Value).ToList();
        if (string.Concat(tokens) != Space().Replace(expression, "")) throw new FormatException($"not understood: {expression}");
        var (metrics, grouped) = (new List<PromQlSelector>(), new List<string>());
        for (var at = 0; at < tokens.Count; at++)
        {
            var token = tokens[at];
            var next = at + 1 < tokens.Count ? tokens[at + 1] : "";
            if (!Name().IsMatch(token) || s_words.Contains(token)) continue;
            if (s_groupings.Contains(token) && next == "(")
            {
                for (at += 2; tokens[at] != ")"; at++) if (tokens[at] != ",") grouped.Add(tokens[at]);
            }
            else if (next == "(" || s_groupings.Contains(next))
            {
                if (!s_functions.Contains(token)) throw new FormatException($"\"{token}\" is no function that is known: {expression}");
            }
            else
            {
                var matchers = new List<PromQlMatcher>();
                if (next == "{")
                {
                    for (at += 2; tokens[at] != "}"; at++)
                    {
                        if (tokens[at] == ",") continue;
                        matchers.Add(new PromQlMatcher(tokens[at], tokens[at + 1], tokens[at + 2].Trim('"')));
                        at += 2;
                    }
                }

                metrics.Add(new PromQlSelector(token, matchers));
            }
        }

        return new PromQl(metrics, grouped);
    }

    [GeneratedRegex(@"""[^""\\]*""|\[[^\]]*\]|=~|!~|!=|<=|>=|==|[0-9][0-9a-z.]*|[A-Za-z_][A-Za-z0-9_:]*|[-+*/<>=(){},]|\s+")]
    private static partial Regex Token();

    [GeneratedRegex(@"^[A-Za-z_]")]
    private static partial Regex Name();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}

/// <summary>A metric in an expression.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Matchers">The matchers of the metric's labels.</param>
internal sealed record PromQlSelector(string Name, IReadOnlyList<PromQlMatcher> Matchers);

/// <summary>A matcher of a label.</summary>
/// <param name="Label">The label.</param>
/// <param name="Operator">The comparison operator.</param>
/// <param name="Value">The text that the label is compared with.</param>
internal sealed record PromQlMatcher(string Label, string Operator, string Value)
{
    /// <summary>The values in the matcher. A regular expression with alternatives has several.</summary>
    public IEnumerable<string> Values => Operator.Contains('~', StringComparison.Ordinal) ? Value.Split('|') : [Value];
}
