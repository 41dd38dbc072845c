using System.Globalization;
using System.Text;

namespace AkkaVault.Shared.Http;

/// <summary>An answer of whoever is in front of the server that was asked, or in its place: a load balancer, a proxy, a port that speaks TLS.</summary>
public static class ForeignAnswer
{
    private const int LongestName = 40;

    // Of Go's servers, Vault's and the API server's among them, and of nginx.
    private static readonly string[] s_tlsPort = ["HTTP request to an HTTPS server", "plain HTTP request was sent to HTTPS port"];

    /// <summary>Whether it is what a TLS port answers to a request without TLS.</summary>
    public static bool IsOfTlsPort(ReadOnlySpan<byte> body)
    {
        var text = Encoding.Latin1.GetString(body[..Math.Min(body.Length, 2048)]);
        return Array.Exists(s_tlsPort, words => text.Contains(words, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>What is to be done about an answer that the server itself does not give.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="body">Its body.</param>
    /// <param name="server">Who was asked, such as Vault.</param>
    public static string Explain(HttpResponseMessage answer, ReadOnlySpan<byte> body, string server)
    {
        if (IsOfTlsPort(body)) return $"{server}'s port speaks TLS: the address must begin with https";
        var who = Describe(answer, body.Length) + ((int)answer.StatusCode is >= 300 and < 400 && answer.Headers.Location is { } location ? $", and points to {UserInfo.Mask(location.OriginalString)}" : "");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"what answered with {(int)answer.StatusCode} is no {server} ({who}); is a load balancer or a proxy in between, which does not reach it, or is the address another's?");
    }

    /// <summary>Who says so and in which form, as far as it is known; nothing of what it says: a page may repeat what was sent.</summary>
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
