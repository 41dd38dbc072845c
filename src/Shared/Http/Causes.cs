using System.Net.Sockets;
using System.Text.Json;

namespace AkkaVault.Shared.Http;

/// <summary>An exception as one line for people: its message, and what each inner exception adds.</summary>
public static class Causes
{
    /// <summary>.NET's messages that say nothing without the inner exception.</summary>
    private static readonly string[] s_empty =
        ["see inner exception", "An error occurred while sending the request", "Error while copying content to a stream", "SSL Handshake failed with OpenSSL error", "One or more errors occurred"];

    private const string NoNameServer = "the name cannot be resolved now: DNS does not answer, or fails";

    /// <summary>The line for an exception. User names and passwords in addresses are masked.</summary>
    public static string Of(Exception e)
    {
        var said = new List<string>();
        for (Exception? cause = e; cause is not null; cause = cause.InnerException)
        {
            var words = Words(cause);
            if (words.Length > 0 && !said.Exists(before => before.Contains(words, StringComparison.Ordinal))) said.Add(words);
        }

        return UserInfo.Mask(said.Count == 0 ? e.GetType().Name : string.Join(": ", said));
    }

    private static string Words(Exception e) => e switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: not null } => "the TLS handshake failed",
        // The system has the same message for this error and for a lack of memory or threads, so it is replaced. .NET adds the name in brackets, which stays.
        HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.TryAgain } inner } => OneLine(e.Message.Replace(inner.Message, NoNameServer, StringComparison.Ordinal)),
        SocketException { SocketErrorCode: SocketError.TryAgain } => NoNameServer,
        // The outer exception has already named the address, so the message of the system is enough.
        SocketException => OneLine(e.Message),
        JsonException { LineNumber: { } line } => $"the answer is not the JSON that is expected there (line {line + 1})",
        _ when Array.Exists(s_empty, words => e.Message.Contains(words, StringComparison.Ordinal)) => "",
        // An http server answers a TLS handshake with plain text.
        _ when Says(e, "frame size") || Says(e, "wrong version number") => "what answers there does not speak TLS; is it an http port?",
        _ when Says(e, "unexpected EOF or 0 bytes") => "the connection was closed too early; does the server speak TLS?",
        // A TLS server answers an http request with an alert, which is not text.
        HttpRequestException or HttpIOException when Says(e, "invalid status line") => "what answers there does not speak HTTP; is it an https port?",
        _ => OneLine(e.Message),
    };

    private static bool Says(Exception e, string words) => e.Message.Contains(words, StringComparison.Ordinal);

    private static string OneLine(string text) => string.Join(' ', text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
}
