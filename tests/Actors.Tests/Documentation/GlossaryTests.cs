using System.Reflection;
using System.Text.RegularExpressions;
using AkkaVault.Cli.Explaining;
using AkkaVault.Controller;
using AkkaVault.InitContainer;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Documentation;

/// <summary>The types and log events in docs/glossary.md exist, and the code does not use the words that the glossary replaces.</summary>
public partial class GlossaryTests
{
    /// <summary>Words that no type may have in its name. Each concept has one word, and these are its old ones.</summary>
    private static readonly string[] s_banned =
    [
        "Keep", "Keeper", "Keeping", "Patience", "Tenure", "Forgetful", "Drive", "Driven", "Drop", "Settle", "Settled", "Feed", "Board", "Noise", "LastWords",
        "Attention", "Look", "Looks", "Hold", "Doubt", "Trouble", "Reach", "Reaching", "InHand", "Cursor",
    ];

    private static readonly Page s_page = Page.Read("docs/glossary.md");

    private static readonly Type[] s_types =
    [
        .. new[] { typeof(ControllerHost), typeof(CredentialFolder), typeof(VaultException), typeof(PodExplanation), typeof(ChildProcess) }
            .SelectMany(type => type.Assembly.GetTypes()).Where(type => !type.Name.Contains('<', StringComparison.Ordinal)),
    ];

    [Fact]
    public void Every_type_that_the_glossary_names_exists()
    {
        var named = Cells("type").ToList();
        Assert.NotEmpty(named);
        Page.None(named.Where(name => !Exists(name)));
    }

    [Fact]
    public void Every_log_event_that_the_glossary_names_exists()
    {
        var events = Page.Read("docs/logs.md").Rows.Where(row => row.Header[0] == "id").SelectMany(row => Page.SpansIn(row.Cells[1])).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(Cells("log event"));
        Page.None(Cells("log event").Where(name => !events.Contains(name)));
    }

    [Fact]
    public void Every_word_has_a_meaning_and_stands_once()
    {
        var words = s_page.Rows.Where(row => row.Header[0] == "word").ToList();
        Assert.Equal(words.Count, words.DistinctBy(row => row.Cells[0]).Count());
        Assert.All(words, row => Assert.EndsWith(".", row.Cells[1], StringComparison.Ordinal));
    }

    [Fact]
    public void No_type_is_named_by_a_word_that_another_has_replaced() => Page.None(
        from type in s_types
        let words = Words(type.Name)
        from banned in s_banned
        where $" {words} ".Contains($" {Words(banned)} ", StringComparison.Ordinal)
        select $"{type.FullName}: {banned}");

    private static IEnumerable<string> Cells(string column) =>
        from row in s_page.Rows
        where row.Header[0] == "word"
        from name in Page.SpansIn(row.Cells[row.Header.ToList().IndexOf(column)])
        select name;

    // A name is a type, a nested type or an enum value: `A`, `A.B`.
    private static bool Exists(string name)
    {
        var parts = name.Split('.');
        return s_types.Any(type => NameOf(type) == parts[0]
            && (parts.Length == 1 || type.GetNestedType(parts[1], BindingFlags.Public | BindingFlags.NonPublic) is not null || type.GetMember(parts[1]).Length > 0));
    }

    private static string NameOf(Type type) => type.Name.Split('`')[0];

    // Vault itself uses the word look-up for tokens.
    private static string Words(string name) => string.Join(' ', Word().Matches(name).Select(match => match.Value)).Replace("Look Up", "Lookup", StringComparison.Ordinal);

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z][a-z]+")]
    private static partial Regex Word();
}
