using System.Text.RegularExpressions;

namespace AkkaVault.Node.Tests;

/// <summary>The blocks of a page of <c>docs/</c>: what an operator copies.</summary>
internal static class DocumentedBlocks
{
    /// <summary>The blocks of the section with that heading, of any level.</summary>
    /// <param name="page">The name of the page.</param>
    /// <param name="heading">How the section's heading begins.</param>
    /// <param name="language">The language of the blocks.</param>
    /// <param name="without">Blocks that have this in their first line are left out; null: none.</param>
    public static async Task<IReadOnlyList<string>> OfAsync(string page, string heading, string language, string? without = null)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(KubernetesNode.Root, "docs", page));
        var section = Regex.Split(text, "^##+ ", RegexOptions.Multiline).Single(part => part.StartsWith(heading, StringComparison.Ordinal));
        var blocks = Regex.Matches(section, $"^```{language}\\b([^\n]*)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)
            .Where(block => without is null || !block.Groups[1].Value.Contains(without, StringComparison.Ordinal)).Select(block => block.Groups[2].Value).ToList();
        Assert.NotEmpty(blocks);
        return blocks;
    }
}
