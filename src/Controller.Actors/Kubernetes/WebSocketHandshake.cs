using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace AkkaVault.Controller.Kubernetes;

/// <summary>The opening handshake of a WebSocket (RFC 6455, section 4). .NET's ClientWebSocket does not give the body of a refusal, in which the API server says why.</summary>
/// <param name="protocol">The subprotocol.</param>
internal sealed class WebSocketHandshake(string protocol)
{
    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));

    /// <summary>Asks for it.</summary>
    public void AddTo(HttpRequestHeaders headers)
    {
        headers.Connection.Add("Upgrade");
        headers.Upgrade.Add(new ProductHeaderValue("websocket"));
        headers.Add("Sec-WebSocket-Version", "13");
        headers.Add("Sec-WebSocket-Key", _key);
        headers.Add("Sec-WebSocket-Protocol", protocol);
    }

    /// <summary>The WebSocket that the answer opens.</summary>
    /// <exception cref="ApiServerException">It opens none.</exception>
    public async Task<WebSocket> CompleteAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
        {
            throw await ApiServerException.OfAsync(response, cancellation).ConfigureAwait(false)
                ?? new ApiServerException((int)response.StatusCode, "expected a WebSocket; is there a proxy that does not pass it on?");
        }

        if (Header(response, "Sec-WebSocket-Accept") != Accepted() || Header(response, "Sec-WebSocket-Protocol") != protocol)
            throw new ApiServerException((int)response.StatusCode, $"expected a WebSocket with the subprotocol {protocol}");
        // TCP keepalive notices a peer that vanished.
        return WebSocket.CreateFromStream(
            await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false), new WebSocketCreationOptions { SubProtocol = protocol, KeepAliveInterval = TimeSpan.Zero });
    }

    [SuppressMessage("Security", "CA5350", Justification = "The protocol's own hash, which protects nothing.")]
    private string Accepted() => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(_key + Guid)));

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
