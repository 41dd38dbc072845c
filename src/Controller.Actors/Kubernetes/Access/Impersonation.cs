using System.Net.Http.Headers;
using System.Text;

namespace AkkaVault.Controller.Kubernetes.Access;

/// <summary>Whose rights are used instead of one's own (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation).</summary>
/// <param name="User">The user.</param>
/// <param name="Uid">Its uid; null: none.</param>
/// <param name="Groups">Its groups.</param>
/// <param name="Extra">More about it.</param>
internal sealed record Impersonation(string User, string? Uid, IReadOnlyList<string> Groups, IReadOnlyList<(string Key, IReadOnlyList<string> Values)> Extra)
{
    private const string Unescaped = "!#$&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>Has a request made in its name.</summary>
    public void AddTo(HttpRequestHeaders headers)
    {
        headers.Add("Impersonate-User", User);
        if (Uid is not null) headers.Add("Impersonate-Uid", Uid);
        foreach (var group in Groups) headers.Add("Impersonate-Group", group);
        foreach (var (key, values) in Extra) headers.Add($"Impersonate-Extra-{Escape(key)}", values);
    }

    // Percent-encoded, the percent sign included, but for what may be in the name of a header.
    private static string Escape(string key) => string.Concat(
        Encoding.UTF8.GetBytes(key).Select(one => Unescaped.Contains((char)one, StringComparison.Ordinal) ? $"{(char)one}" : $"%{one:X2}"));
}
