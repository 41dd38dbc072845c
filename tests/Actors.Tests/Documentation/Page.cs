using System.Text.RegularExpressions;

namespace AkkaVault.Actors.Tests.Documentation;

/// <summary>A fenced block of a page.</summary>
/// <param name="Page">The path of the page, from the repository's root.</param>
/// <param name="Line">The line of the opening fence, from 1.</param>
/// <param name="Info">The text after the fence.</param>
/// <param name="Text">The content.</param>
internal sealed record Block(string Page, int Line, string Info, string Text)
{
    /// <summary>The language; empty: none.</summary>
    public string Language => Info.Split(' ')[0];

    /// <summary>The value of <c>name=value</c> in the info string, or null.</summary>
    public string? Attribute(string name) =>
        Info.Split(' ').FirstOrDefault(word => word.StartsWith($"{name}=", StringComparison.Ordinal))?[(name.Length + 1)..];

    /// <inheritdoc/>
    public override string ToString() => $"{Page}:{Line}";
}

/// <summary>A row of a table.</summary>
/// <param name="Heading">The heading above the table.</param>
/// <param name="Header">The first row of the table.</param>
/// <param name="Cells">The cells.</param>
internal sealed record Row(string Heading, IReadOnlyList<string> Header, IReadOnlyList<string> Cells);

/// <summary>A page of the documentation, parsed as GitHub renders it.</summary>
internal sealed partial class Page
{
    private readonly List<string> _prose = [];

    private Page(string path)
    {
        Path = path;
        var anchors = new Dictionary<string, int>(StringComparer.Ordinal);
        var (heading, header, fence) = ("", (IReadOnlyList<string>?)null, (string?)null);
        var (line, start, info, block) = (0, 0, "", new List<string>());
        foreach (var text in File.ReadLines(System.IO.Path.Combine(Root, path)))
        {
            line++;
            if (fence is not null)
            {
                if (text.Trim() == fence)
                {
                    Blocks.Add(new Block(path, start, info, string.Join('\n', block)));
                    (fence, block) = (null, []);
                }
                else
                {
                    block.Add(text);
                }

                continue;
            }

            if (text.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                (fence, start, info) = ("```", line, text.Trim()[3..].Trim());
                continue;
            }

            _prose.Add(text);
            if (HeadingLine().Match(text) is { Success: true } title)
            {
                heading = title.Groups[1].Value.Trim();
                var slug = Slug(heading);
                anchors[slug] = anchors.GetValueOrDefault(slug, -1) + 1;
                Anchors.Add(anchors[slug] == 0 ? slug : $"{slug}-{anchors[slug]}");
            }

            if (!text.StartsWith('|'))
            {
                header = null;
                continue;
            }

            IReadOnlyList<string> cells = [.. CellBorder().Split(text.Trim().Trim('|')).Select(cell => cell.Trim().Replace("\\|", "|", StringComparison.Ordinal))];
            if (header is null) header = cells;
            else if (!cells.All(cell => cell.Length > 0 && cell.All(c => c is '-' or ':'))) Rows.Add(new Row(heading, header, cells));
        }

        Assert.True(fence is null, $"{path}:{start}: the block is not closed");
    }

    /// <summary>The root folder of the repository.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>All pages: <c>README.md</c>, and those in <c>docs/</c> and its subfolders.</summary>
    public static IReadOnlyList<Page> All { get; } =
        [Read("README.md"), .. Directory.EnumerateFiles(System.IO.Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => Read(System.IO.Path.GetRelativePath(Root, file)))];

    /// <summary>The path, from the repository's root.</summary>
    public string Path { get; }

    public List<Block> Blocks { get; } = [];

    /// <summary>The rows of the tables, without header rows.</summary>
    public List<Row> Rows { get; } = [];

    /// <summary>The valid anchors of the page, for links with <c>#</c>.</summary>
    public HashSet<string> Anchors { get; } = new(StringComparer.Ordinal);

    /// <summary>The lines outside of fenced blocks.</summary>
    public IReadOnlyList<string> Prose => _prose;

    /// <summary>All texts in backticks.</summary>
    public IEnumerable<string> CodeSpans => _prose.SelectMany(SpansIn);

    public IEnumerable<string> Links => _prose.SelectMany(text => Link().Matches(CodeSpan().Replace(text, "")).Select(match => match.Groups[1].Value));

    public static Page Read(string path) => new(path);

    /// <summary>The texts in backticks in a text.</summary>
    public static IEnumerable<string> SpansIn(string text) => CodeSpan().Matches(text).Select(match => match.Groups[1].Value);

    /// <summary>Fails with all problems if there are any. xunit would show only some of them.</summary>
    public static void None(IEnumerable<string> problems)
    {
        var all = string.Join('\n', problems);
        Assert.True(all.Length == 0, all);
    }

    // GitHub's rule: lower case, no punctuation, and hyphens for spaces.
    private static string Slug(string heading) =>
        NotInSlug().Replace(LinkText().Replace(heading, "$1").ToLowerInvariant(), "").Replace(' ', '-');

    private static string FindRoot(string folder) => File.Exists(System.IO.Path.Combine(folder, "AkkaVault.sln"))
        ? folder
        : FindRoot(System.IO.Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests do not run in a checkout"));

    [GeneratedRegex("^#{1,6} (.*)$")]
    private static partial Regex HeadingLine();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex CellBorder();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex(@"[^\p{L}\p{N}\s_-]")]
    private static partial Regex NotInSlug();
}
