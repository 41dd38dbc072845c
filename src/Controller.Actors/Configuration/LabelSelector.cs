using System.Globalization;
using System.Text.RegularExpressions;

namespace AkkaVault.Controller.Configuration;

/// <summary>Kubernetes' grammar of label selectors. The check finds a wrong selector before the API server refuses it with 400.</summary>
internal static partial class LabelSelector
{
    private const string Space = @"[ \t\r\n]*";

    // A name has at most 63 characters. A key is a name, with or without a domain before it; a value is a name, or empty.
    private const string Name = "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
    private const string Value = "(?:" + Name + ")?";
    private const string Label = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
    private const string Key = "(?:(?=[-a-z0-9.]{1,253}/)" + Label + @"(?:\." + Label + ")*/)?" + Name;
    private const string Values = @"\(" + Space + Value + "(?:" + Space + "," + Space + Value + ")*" + Space + @"\)";
    private const string Comparison = Space + "(?:==|=|!=)" + Space + Value + "|" + Space + "[<>]" + Space + "(?<number>" + Name + @")|[ \t\r\n]+(?:in|notin)" + Space + Values;
    private const string Requirement = Space + "(?:!" + Space + Key + "|" + Key + "(?:" + Comparison + ")?)" + Space;

    /// <summary>Whether the API server would accept the selector.</summary>
    public static bool IsValid(string selector) => Grammar().Match(selector) is { Success: true } match
        && match.Groups["number"].Captures.All(number => long.TryParse(number.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    [GeneratedRegex(@"\A" + Requirement + "(?:," + Requirement + @")*\z")]
    private static partial Regex Grammar();
}
