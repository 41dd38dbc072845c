using System.Text.RegularExpressions;

namespace AkkaVault.Actors.Tests.Documentation;

/// <summary>The messages of the programs, from their sources, with <c>…</c> for each inserted value.</summary>
internal static partial class CodeMessages
{
    // A string with or without interpolation. An inserted expression may itself contain strings.
    private const string Literal = """\$?"((?:[^"\\{}]|\\.|\{\{|\}\}|\{(?:[^{}"]|"[^"]*")*\})*)(")""";

    /// <summary>Warnings and errors in the controller's log.</summary>
    public static IReadOnlyList<string> ControllerLog =>
    [
        .. In("src/Controller.Actors", @"Log(?:Warning|Error|Critical)\((?:[^"";]*?,\s*)?" + Literal),
        .. In("src/Controller.Actors", @"LoggerMessage\(\d+, LogLevel\.(?:Warning|Error|Critical), " + Literal).Where(text => text != "…"),
        .. In("src/Controller.Actors/Vault/Renewal/TokenRenewal.cs", @"Log\(false, " + Literal),
        .. In("src/Controller.Actors/Vault/Renewal/TokenRenewal.cs", @"return ThenUse\(token, " + Literal + "[^;]*good: false"),
        .. In("src/Controller.Actors/Cluster/Bootstrap/Formation.cs", @"(?:ThenAnswer|ThenWait)\((?:new [^$\"";]*, )?" + Literal),
    ];

    /// <summary>The reasons of readiness.</summary>
    public static IReadOnlyList<string> Readiness =>
    [
        .. In("src/Controller.Actors/Hosting/Health/ReadinessChecks.cs", Literal),
        .. In("src/Controller.Actors/Hosting/Health/Membership.cs", Literal),
        .. In("src/Controller.Actors/Vault/VaultTrust.cs", @"Problem => [^;]*?" + Literal),
        .. In("src/Controller.Actors/Vault/Renewal/ControllerToken.cs", "_problem = " + Literal),
        .. In("src/Controller.Actors/Vault/Renewal/TokenReadiness.cs", @"ThenSetProblem\(" + Literal).Where(text => text.Length > 0),
    ];

    /// <summary>The rules for the controller's token.</summary>
    public static IReadOnlyList<string> TokenRules =>
    [
        .. In("src/Controller.Actors/Vault/Renewal/TokenRules.cs", @"problems\.Add\(" + Literal),
        .. In("src/Controller.Actors/Vault/Renewal/TokenSource.cs", @"new TokenRoleAnswer\(null, " + Literal),
    ];

    /// <summary>Why a pod is not eligible.</summary>
    public static IReadOnlyList<string> Eligibility =>
        [.. In("src/Controller.Actors/Watching/PodEligibility.cs", @"No\(" + Literal), .. In("src/Controller.Actors/Watching/PodEligibility.cs", @"[:n] \$?""(annotation (?:[^""\\{}]|\{(?:[^{}""]|""[^""]*"")*\})*)(?="")")];

    /// <summary>Why a certificate of Vault is not trusted.</summary>
    public static IReadOnlyList<string> Trust =>
        [.. In("src/Shared/Vault/IServerTrust.cs", "(?:_ => |NameMismatch = )" + Literal), .. In("src/Shared/Certificates/TrustAnchors.cs", @"problems\.Add\(" + Literal)];

    /// <summary>The last messages of the controller.</summary>
    public static IReadOnlyList<string> ControllerEnds => In("src/Controller.Actors/ControllerHost.cs", @"Error\.WriteLineAsync\(" + Literal);

    /// <summary>Warnings and errors of the init container.</summary>
    public static IReadOnlyList<string> InitContainer =>
    [
        .. In("src/InitContainer", @"log\.(?:Warn|Error)\(" + Literal),
        .. In("src/InitContainer/Program.cs", @"[?:] \$?""((?:the last push|nothing was pushed)(?:[^""\\]|\\.)*)(?="")"),
        .. In("src/InitContainer/Settings.cs", @"(?:wrong|odd)\.Add\(" + Literal),
    ];

    /// <summary>Whether the sources contain this message.</summary>
    public static bool Exists(string message) => s_everything.Value.Contains(message);

    private static readonly Lazy<HashSet<string>> s_everything = new(() => [.. In("src", Literal), .. In("src", "(?:\\+ |\\n\\s+)" + Literal)]);

    private static List<string> In(string path, string pattern)
    {
        var full = Path.Combine(Page.Root, path);
        var files = File.Exists(full) ? [full] : Directory.EnumerateFiles(full, "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal));
        var found = files.SelectMany(file => Regex.Matches(Joined().Replace(Comment().Replace(File.ReadAllText(file), ""), ""), pattern, RegexOptions.Singleline))
            .Select(match => Plain(match.Groups[1].Value)).Distinct().ToList();
        Assert.NotEmpty(found);
        return found;
    }

    // Handles {Name}, {expression} and {Name:F0} alike. Expressions in messages have no nested braces.
    private static string Plain(string literal) =>
        Hole().Replace(literal.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("{{", "(", StringComparison.Ordinal).Replace("}}", ")", StringComparison.Ordinal), "…").TrimEnd();

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Hole();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex("""(?<!\\)"\s*\+\s*\$?"(?!\s*[+;)])""")]
    private static partial Regex Joined();
}
