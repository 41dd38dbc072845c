using System.Net;

namespace AkkaVault.Shared.Http;

/// <summary>A proxy. Its address has no user name and no password.</summary>
/// <param name="Address">The address of the proxy: http, https or socks.</param>
/// <param name="Credentials">The user name and the password, which are sent if the proxy asks for them; null: there are none.</param>
public sealed record ProxyServer(Uri Address, NetworkCredential? Credentials)
{
    /// <summary>Reads the part of an address before the @: a user name, and perhaps a password.</summary>
    public static NetworkCredential CredentialsIn(string userInfo)
    {
        var (user, password) = userInfo.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? (userInfo[..colon], userInfo[(colon + 1)..]) : (userInfo, "");
        return new NetworkCredential(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password));
    }

    /// <summary>A text without the credentials.</summary>
    public override string ToString() => Address.ToString();
}

/// <summary>The proxies that <c>HTTP_PROXY</c>, <c>HTTPS_PROXY</c> and <c>NO_PROXY</c> name, in capital or small letters.</summary>
/// <param name="Http">The proxy for http addresses, or null.</param>
/// <param name="Https">The proxy for https addresses, or null.</param>
/// <param name="Except">The addresses that are reached without a proxy.</param>
/// <param name="Problems">The problems. Each names its variable; none quotes a password.</param>
/// <param name="Warnings">What is probably a mistake, and is ignored.</param>
public sealed record ProxyVariables(ProxyServer? Http, ProxyServer? Https, NoProxy Except, IReadOnlyList<string> Problems, IReadOnlyList<string> Warnings)
{
    private const int SocksPort = 1080;

    /// <summary>Reads the variables by Go's rules: the spelling in capital letters counts, unless it is empty.</summary>
    /// <param name="variable">Returns the value of a variable, or null.</param>
    public static ProxyVariables Read(Func<string, string?> variable)
    {
        (string Name, string Value)? Of(params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                if (SettingText.Trim(variable(name) ?? "") is { Length: > 0 } value) return (name, value);
            }

            return null;
        }

        var (problems, warnings) = (new List<string>(), new List<string>());
        var (http, https, none) = (Of("HTTP_PROXY", "http_proxy"), Of("HTTPS_PROXY", "https_proxy"), Of("NO_PROXY", "no_proxy"));
        // A web server sets HTTP_PROXY to the header Proxy of a client's request (CVE-2016-5385).
        if (http is not null && Of("REQUEST_METHOD") is not null)
        {
            problems.Add($"{http.Value.Name}: is set, and so is REQUEST_METHOD, which a web server sets for CGI programs: a client of the web server may have chosen the proxy; "
                + "expected only one of these variables");
        }

        var except = NoProxy.Parse(none?.Value ?? "");
        foreach (var entry in except.Unusable)
        {
            warnings.Add($"{none!.Value.Name}: \"{entry}\" matches no address; "
                + "expected names such as example.org or .example.org, addresses, or CIDR blocks such as 10.0.0.0/16, separated by commas");
        }

        if (Of("ALL_PROXY", "all_proxy") is { } all && (http, https) is not ({ }, { }))
            warnings.Add($"{all.Name}: is ignored, as Go's net/http ignores it, too; set HTTPS_PROXY and HTTP_PROXY");
        return new ProxyVariables(Parse(http, problems), Parse(https, problems), except, problems, warnings);
    }

    /// <summary>The proxy for an address; null: none.</summary>
    public ProxyServer? For(Uri address) => (address.Scheme == Uri.UriSchemeHttps ? Https : address.Scheme == Uri.UriSchemeHttp ? Http : null) is { } proxy && !Except.Covers(address) ? proxy : null;

    private static ProxyServer? Parse((string Name, string Value)? variable, List<string> problems)
    {
        if (variable is not var (name, text)) return null;
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        // proxy:3128 means http://proxy:3128.
        var (kind, rest) = scheme < 0 ? ("http", text) : (text[..scheme].ToLowerInvariant(), text[(scheme + 3)..]);
        var at = rest.LastIndexOf('@');
        // .NET knows no socks5h, but sends host names to a SOCKS proxy unresolved in any case.
        if (kind is "http" or "https" or "socks4" or "socks4a" or "socks5" or "socks5h"
            && Uri.TryCreate($"{(kind == "socks5h" ? "socks5" : kind)}://{rest[(at + 1)..]}", UriKind.Absolute, out var address) && address.Host.Length > 0
            // http//proxy:3128 and http:/proxy:3128 are typing mistakes, not a host "http" with a path.
            && (scheme >= 0 || address.PathAndQuery == "/"))
        {
            if (address.Port < 0) address = new UriBuilder(address) { Port = SocksPort }.Uri;
            return new ProxyServer(address, at < 0 ? null : ProxyServer.CredentialsIn(rest[..at]));
        }

        // The part before an @ may be a password.
        var shown = text.Contains('@', StringComparison.Ordinal) ? "is not the address of a proxy (it is not shown here)" : $"\"{SettingText.Visible(text)}\"";
        problems.Add($"{name}: {shown}: expected an address such as http://proxy:3128, of http, https, socks4 or socks5");
        return null;
    }
}
