using Microsoft.Playwright;

namespace AkkaVault.Browser.Tests;

/// <summary>One headless browser of this machine, for all tests; each opens a context of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] s_places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Why there is no browser; null: there is one.</summary>
    public static string? Missing { get; } = Executable is null ? "no browser: apt-get install chromium, or set CHROMIUM_BIN" : null;

    private static string? Executable => Environment.GetEnvironmentVariable("CHROMIUM_BIN") is { Length: > 0 } set ? set : Array.Find(s_places, File.Exists);

    public async Task InitializeAsync()
    {
        if (Executable is not { } executable) return;
        // Many tests of other projects run beside these.
        Assertions.SetDefaultExpectTimeout((float)TimeSpan.FromSeconds(60).TotalMilliseconds);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = executable });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>A window that has nothing of another's.</summary>
    public async Task<Window> OpenAsync(Uri address, ColorScheme colors = ColorScheme.Light, int width = 1280)
    {
        Skip.If(_browser is null, Missing);
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions { ColorScheme = colors, ViewportSize = new ViewportSize { Width = width, Height = 900 }, Locale = "en-GB" });
        var window = new Window(context, await context.NewPageAsync());
        await window.Page.GotoAsync(address.AbsoluteUri);
        return window;
    }
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(Name)]
public sealed class ChromiumTests : ICollectionFixture<Chromium>
{
    public const string Name = "chromium";
}
