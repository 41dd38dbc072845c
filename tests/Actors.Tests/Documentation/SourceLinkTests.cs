using System.Text.RegularExpressions;

namespace AkkaVault.Actors.Tests.Documentation;

/// <summary>
/// Links to source files name something in the file, the pages of docs/behaviour link each step to its code, and tests that are named exist.
/// </summary>
public partial class SourceLinkTests
{
    private static readonly IReadOnlyList<(Page Page, string Text, string Target)> s_links =
    [
        .. from page in Page.All
           from line in page.Prose
           from link in Link().Matches(line)
           select (page, link.Groups[1].Value, link.Groups[2].Value),
    ];

    [Fact]
    public void Every_link_to_a_source_file_names_an_identifier_of_that_file()
    {
        Assert.NotEmpty(s_links);
        Page.None(s_links.Select(link => (link, Problem: Problem(link.Page, link.Text, link.Target))).Where(pair => pair.Problem is not null)
            .Select(pair => $"{pair.link.Page.Path}: [{pair.link.Text}]({pair.link.Target}): {pair.Problem}"));
    }

    [Fact]
    public void Every_step_of_what_happens_links_the_code_that_does_it()
    {
        var steps = Page.All.Where(page => page.Path.StartsWith("docs/behaviour/", StringComparison.Ordinal))
            .SelectMany(page => page.Prose.Where(line => Step().IsMatch(line)).Select(line => (page.Path, Line: line))).ToList();
        Assert.True(steps.Count > 20);
        Page.None(steps.Where(step => !Link().IsMatch(step.Line)).Select(step => $"{step.Path}: {step.Line}"));
    }

    [Fact]
    public void Every_test_that_a_page_names_exists()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(Page.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => TestName().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);
        var named = (from page in Page.All
                     from span in page.CodeSpans
                     let name = NamedTest().Match(span)
                     where name.Success
                     select (page.Path, Class: name.Groups[1].Value, Method: name.Groups[2].Value)).ToList();
        Assert.NotEmpty(named);
        // The documentation shortens a long name with an ellipsis.
        Page.None(named.Where(test => !tests.Contains(test.Class) || (test.Method.Length > 0 && !tests.Any(name => name.StartsWith(test.Method, StringComparison.Ordinal))))
            .Select(test => $"{test.Path}: {test.Class}.{test.Method}"));
    }

    private static string? Problem(Page page, string text, string target)
    {
        if (Identifier().Match(text) is not { Success: true } named) return "its text is no identifier in backticks";
        var full = Path.Combine(Page.Root, Path.GetDirectoryName(page.Path)!, target);
        if (!File.Exists(full)) return "there is no such file";
        var code = File.ReadAllText(full);
        return named.Groups[1].Value.Split('.').FirstOrDefault(part => !Regex.IsMatch(code, $@"\b{part}\b")) is { } missing ? $"{missing} is not in it" : null;
    }

    [GeneratedRegex(@"\[([^\]]+)\]\(([^)\s#]+\.cs)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^`([A-Za-z][A-Za-z0-9.]*)`$")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"(?:class|void|Task) (\w+)")]
    private static partial Regex TestName();

    [GeneratedRegex(@"^(\w+Tests)(?:\.(\w*)…?)?$")]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"^\d+\. ")]
    private static partial Regex Step();
}
