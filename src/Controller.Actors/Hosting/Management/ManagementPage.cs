using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary><c>GET /</c>: one page with its styles and its script in it. It reads <c>/events</c>, and can change nothing.</summary>
internal sealed class ManagementPage
{
    /// <summary>The most bytes of the page.</summary>
    public const int MaxBytes = 60 * 1024;

    private const string StylesPlace = "/* page.css */";
    private const string ScriptPlace = "/* page.js */";

    private readonly byte[] _html;
    private readonly string _policy;

    /// <summary>The page that is embedded in this program.</summary>
    public ManagementPage()
    {
        var (styles, script) = (Embedded("page.css"), Embedded("page.js"));
        _html = Encoding.UTF8.GetBytes(Embedded("index.html").Replace(StylesPlace, styles, StringComparison.Ordinal).Replace(ScriptPlace, script, StringComparison.Ordinal));
        _policy = $"default-src 'none'; script-src '{Hash(script)}'; style-src '{Hash(styles)}'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    /// <summary>The page.</summary>
    public IResult Answer(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = _policy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        return Results.Bytes(_html, "text/html; charset=utf-8");
    }

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static string Embedded(string name)
    {
        using var stream = typeof(ManagementPage).Assembly.GetManifestResourceStream($"{typeof(ManagementPage).Namespace}.Page.{name}")!;
        using var reader = new StreamReader(stream);
        // A browser hashes what it has parsed, and that has no carriage returns.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
