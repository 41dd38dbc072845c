using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace AkkaVault.Browser.Tests;

/// <summary>A page in a browser. Whatever the script throws, and whatever the page's policy forbids, fails the test.</summary>
public sealed class Window : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _problems = new();

    public Window(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.PageError += (_, error) => _problems.Enqueue(error);
        page.Dialog += (_, dialog) => _problems.Enqueue($"a script ran: {dialog.Message}");
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal)) _problems.Enqueue(message.Text);
        };
    }

    public IPage Page { get; }

    /// <summary>The rows of a table, without its head.</summary>
    public ILocator Rows(string table) => Page.Locator($"#{table} tbody tr");

    public ILocator Tile(string name) => Page.Locator($"#tile-{name} dd");

    public ILocator Contact => Page.Locator("#contact");

    /// <summary>Whatever an accessibility check finds; empty: nothing.</summary>
    public async Task<IReadOnlyList<string>> ViolationsAsync()
    {
        var result = await Page.RunAxe();
        return [.. result.Violations.SelectMany(violation => violation.Nodes, (violation, node) => $"{violation.Id}: {violation.Help}: {node.Html}")];
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.Empty(_problems);
    }
}
