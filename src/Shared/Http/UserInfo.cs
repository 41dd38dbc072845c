using System.Text;

namespace AkkaVault.Shared.Http;

/// <summary>The user name and the password in an address, as in <c>http://user:password@proxy:3128</c>.</summary>
public static class UserInfo
{
    private const string Authority = "://";
    private const string Hidden = "***";

    /// <summary>A text with <c>***</c> in place of the user name and the password of every address.</summary>
    public static string Mask(string text)
    {
        var masked = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (rest.IndexOf(Authority, StringComparison.Ordinal) is >= 0 and var scheme)
        {
            var begin = scheme + Authority.Length;
            masked.Append(rest[..begin]);
            rest = rest[begin..];
            var authority = rest.IndexOfAny("/?# \t\r\n") is >= 0 and var end ? rest[..end] : rest;
            if (authority.LastIndexOf('@') is not (>= 0 and var at)) continue;
            masked.Append(Hidden);
            rest = rest[at..];
        }

        return masked.Append(rest).ToString();
    }

    /// <summary>An address without user name and password. .NET's client does not send them, but prints them.</summary>
    public static Uri Without(Uri address) => address.UserInfo.Length == 0
        ? address
        : new Uri(address.GetComponents(UriComponents.AbsoluteUri & ~UriComponents.UserInfo, UriFormat.UriEscaped));
}
