using System.Globalization;
using System.Text;

namespace AkkaVault.Shared.Http;

/// <summary>
/// An answer that does not come from the server that was asked, but from something in front of it or in its place: a load balancer, a proxy,
/// a port that speaks TLS.
/// </summary>
public static class ForeignAnswer
{
    private const int LongestName = 40;

    // The answers of nginx and of servers in Go, such as Vault and the API server.
    private static readonly string[] s_tlsPort = ["HTTP request to an HTTPS server", "plain HTTP request was sent to HTTPS port"];

    /// <summary>Whether this is the answer of a TLS port to a request without TLS.</summary>
    public static bool IsOfTlsPort(ReadOnlySpan<byte> body)
    {
        var text = Encoding.Latin1.GetString(body[..Math.Min(body.Length, 2048)]);
        return Array.Exists(s_tlsPort, words => text.Contains(words, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>What the answer is, and what the operator should look at.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="body">The body of the answer.</param>
    /// <param name="server">The server that was asked, such as Vault.</param>
    public static string Explain(HttpResponseMessage answer, ReadOnlySpan<byte> body, string server)
    {
        if (IsOfTlsPort(body)) return $"{server}'s port speaks TLS: the address must begin with https";
        var who = Describe(answer, body.Length) + ((int)answer.StatusCode is >= 300 and < 400 && answer.Headers.Location is { } location ? $", and points to {UserInfo.Mask(location.OriginalString)}" : "");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"the answer {(int)answer.StatusCode} did not come from {server} ({who}); is there a load balancer or a proxy in front that cannot reach it, or is the address wrong?");
    }

    /// <summary>Who sent the answer, as far as that is known, and its form. The content is not quoted: a page may repeat the request.</summary>
    private static string Describe(HttpResponseMessage answer, int length)
    {
        var form = (length, answer.Content.Headers.ContentType?.MediaType) switch
        {
            (0, _) => "it sent an empty answer",
            (_, "text/html") => "it sent a web page",
            (_, { } type) => $"it sent {Name(type)}",
            _ => "it sent something else",
        };
        return answer.Headers.TryGetValues("Server", out var servers) && Name(string.Join(' ', servers)) is { Length: > 0 } server ? $"it is {server}, and {form[3..]}" : form;
    }

    private static string Name(string text) => new([.. text.Where(c => c is >= ' ' and <= '~').Take(LongestName)]);
}
