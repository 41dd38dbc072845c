namespace AkkaVault.Actors.Tests.Documentation;

/// <summary>Every link in the documentation has a target.</summary>
public class LinkTests
{
    [Fact]
    public void Every_relative_link_and_anchor_resolves() => Page.None(
        from page in Page.All
        from link in page.Links
        where !link.Contains("://", StringComparison.Ordinal)
        let problem = Problem(page, link)
        where problem is not null
        select $"{page.Path}: {link}: {problem}");

    [Fact]
    public void Every_page_is_reached_from_the_index_and_the_index_from_the_README()
    {
        var reached = new HashSet<string>(StringComparer.Ordinal) { "docs/README.md" };
        var next = new Queue<string>(reached);
        while (next.TryDequeue(out var path))
        {
            var page = Page.All.Single(one => one.Path == path);
            foreach (var target in page.Links.Where(link => !link.Contains("://", StringComparison.Ordinal)).Select(link => Target(page, link)).Where(target => target.StartsWith("docs/", StringComparison.Ordinal) && target.EndsWith(".md", StringComparison.Ordinal)))
            {
                if (reached.Add(target)) next.Enqueue(target);
            }
        }

        Page.None(Page.All.Select(page => page.Path).Where(path => path != "README.md" && !reached.Contains(path)));
        Assert.Contains(Page.All.Single(page => page.Path == "docs/README.md").Links, link => link == "../README.md");
    }

    private static string? Problem(Page page, string link)
    {
        var target = Target(page, link);
        var full = Path.Combine(Page.Root, target);
        if (!File.Exists(full) && !Directory.Exists(full)) return "there is no such file";
        if (!link.Contains('#', StringComparison.Ordinal)) return null;
        var anchor = link[(link.IndexOf('#', StringComparison.Ordinal) + 1)..];
        return Page.All.SingleOrDefault(one => one.Path == target) is { } other && !other.Anchors.Contains(anchor) ? "there is no such heading" : null;
    }

    private static string Target(Page page, string link)
    {
        var path = link.Split('#')[0];
        return path.Length == 0 ? page.Path : Path.GetRelativePath(Page.Root, Path.Combine(Page.Root, Path.GetDirectoryName(page.Path)!, path));
    }
}
