using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace AkkaVault.Tests.TestKit.Faults;

/// <summary>
/// A proxy in front of a Vault. It forwards requests, and breaks single answers as a network or a faulty proxy would.
/// It finds out which pod a request is for, from the metadata of the secret_id and from the tokens and secret_ids that Vault issued for the pod.
/// </summary>
public sealed class FaultyVault : IAsyncDisposable
{
    private const string Json = "application/json";
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly ConcurrentDictionary<string, string> _podOf = new();
    private readonly ConcurrentDictionary<(string Pod, string Step), Fault> _faults = new();
    private readonly ConcurrentDictionary<string, bool> _robbed = new();
    private readonly HttpClient _vault;
    private readonly Task _accepting;

    public FaultyVault(Uri vault)
    {
        _vault = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = vault };
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}/");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>The faults that were injected, by pod and step.</summary>
    public ConcurrentQueue<(string Pod, string Step)> Shown { get; } = new();

    /// <summary>Breaks the next answer at a step of a pod. The step is the last segment of the path.</summary>
    public void Break(string pod, string step, Fault fault) => _faults[(pod, step)] = fault;

    /// <summary>Unwraps the next wrapping token for a pod before it forwards the token.</summary>
    public void StealFrom(string pod) => _robbed[pod] = true;

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _listener.Stop();
        await _accepting;
        _vault.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stopped.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        await using var stream = new NetworkStream(socket);
        try
        {
            if (await ReadAsync(stream) is not var (method, path, headers, body)) return;
            var step = path[(path.LastIndexOf('/') + 1)..];
            var pod = PodOf(headers, body);
            if (pod is not null && _faults.TryRemove((pod, step), out var fault))
            {
                Shown.Enqueue((pod, step));
                await ShowAsync(socket, stream, fault, method, path, headers, body);
                return;
            }

            var (status, contentType, answer) = await PassOnAsync(method, path, headers, body);
            if (pod is not null) Learn(pod, answer);
            if (pod is not null && step == "secret-id" && _robbed.TryRemove(pod, out var _))
                await PassOnAsync("PUT", "/v1/sys/wrapping/unwrap", new() { ["X-Vault-Token"] = (string)JsonNode.Parse(answer)!["wrap_info"]!["token"]! }, "{}"u8.ToArray());
            await WriteAsync(stream, status, contentType, answer);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or HttpRequestException)
        {
            // The client has disconnected, or the test is over.
            socket.Close(0);
        }
    }

    private async Task ShowAsync(Socket socket, NetworkStream stream, Fault fault, string method, string path, Dictionary<string, string> headers, byte[] body)
    {
        switch (fault)
        {
            case Fault.Reset:
                socket.Close(0);
                break;
            case Fault.ResetInBody:
                await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n{\"request_id\": \"\", \"data\": {"), _stopped.Token);
                socket.Close(0);
                break;
            case Fault.NeverEnds:
                await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"), _stopped.Token);
                using (var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(200)))
                {
                    while (await ticks.WaitForNextTickAsync(_stopped.Token)) await stream.WriteAsync(" "u8.ToArray(), _stopped.Token);
                }

                break;
            case Fault.Status500 or Fault.Status502 or Fault.Status503 or Fault.Status403 or Fault.Status404:
                await WriteAsync(stream, int.Parse($"{fault}"["Status".Length..], CultureInfo.InvariantCulture), Json, """{"errors":["a fault of the test"]}"""u8.ToArray());
                break;
            case Fault.Status429:
                await WriteAsync(stream, 429, Json, """{"errors":["rate limit quota exceeded"]}"""u8.ToArray(), "Retry-After: 1\r\n");
                break;
            case Fault.Sealed:
                await WriteAsync(stream, 503, Json, """{"errors":["error performing token check: Vault is sealed"]}"""u8.ToArray());
                break;
            case Fault.TruncatedJson:
                await WriteAsync(stream, 200, Json, """{"request_id": "", "wrap_info": {"token": "s.abc"""u8.ToArray());
                break;
            case Fault.WebPage:
                await WriteAsync(stream, 200, "text/html", "<html>Log in to the hotel's wireless network</html>"u8.ToArray());
                break;
            case Fault.Empty:
                await WriteAsync(stream, 200, Json, []);
                break;
            case Fault.TooLarge:
                await WriteAsync(stream, 200, Json, new byte[8 * 1024 * 1024]);
                break;
            case Fault.WrongContentType:
                var (status, _, answer) = await PassOnAsync(method, path, headers, body);
                if (PodOf(headers, body) is { } pod) Learn(pod, answer);
                await WriteAsync(stream, status, "text/plain", answer);
                break;
            case Fault.Redirect:
                await WriteAsync(stream, 307, "text/plain", [], $"Location: {new Uri(Address, path)}\r\n");
                break;
            case Fault.RedirectTwice:
                _faults[(PodOf(headers, body)!, path[(path.LastIndexOf('/') + 1)..])] = Fault.Redirect;
                await WriteAsync(stream, 307, "text/plain", [], $"Location: {path}\r\n");
                break;
        }
    }

    /// <summary>The pod that a request names, or for which its token or secret_id was issued.</summary>
    private string? PodOf(Dictionary<string, string> headers, byte[] body)
    {
        var json = body.Length > 0 ? JsonNode.Parse(body) as JsonObject : null;
        if ((string?)json?["metadata"] is { } metadata) return (string?)JsonNode.Parse(metadata)!["pod"];
        foreach (var known in new[] { (string?)json?["token"], (string?)json?["secret_id"], headers.GetValueOrDefault("X-Vault-Token") })
        {
            if (known is not null && _podOf.TryGetValue(known, out var pod)) return pod;
        }

        return null;
    }

    private void Learn(string pod, byte[] answer)
    {
        if (answer.Length == 0 || JsonNode.Parse(answer) is not JsonObject json) return;
        if ((string?)json["wrap_info"]?["token"] is { } token) _podOf[token] = pod;
        if ((string?)json["data"]?["secret_id"] is { } secretId) _podOf[secretId] = pod;
    }

    private async Task<(int Status, string ContentType, byte[] Body)> PassOnAsync(string method, string path, Dictionary<string, string> headers, byte[] body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body.Length > 0 ? new ByteArrayContent(body) : null };
        foreach (var (name, value) in headers.Where(header => header.Key.StartsWith("X-", StringComparison.OrdinalIgnoreCase))) request.Headers.Add(name, value);
        using var response = await _vault.SendAsync(request, _stopped.Token);
        return ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString() ?? Json, await response.Content.ReadAsByteArrayAsync(_stopped.Token));
    }

    private async Task WriteAsync(NetworkStream stream, int status, string contentType, byte[] body, string more = "")
    {
        var head = $"HTTP/1.1 {status} {(HttpStatusCode)status}\r\nContent-Type: {contentType}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{more}\r\n";
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], _stopped.Token);
    }

    private async Task<(string Method, string Path, Dictionary<string, string> Headers, byte[] Body)?> ReadAsync(NetworkStream stream)
    {
        var received = new MemoryStream();
        var buffer = new byte[8192];
        int end;
        while ((end = received.GetBuffer().AsSpan(0, (int)received.Length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            var read = await stream.ReadAsync(buffer, _stopped.Token);
            if (read == 0) return null;
            received.Write(buffer, 0, read);
        }

        var lines = Encoding.ASCII.GetString(received.GetBuffer(), 0, end).Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var length = int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture);
        while (received.Length < end + 4 + length)
        {
            var read = await stream.ReadAsync(buffer, _stopped.Token);
            if (read == 0) return null;
            received.Write(buffer, 0, read);
        }

        var first = lines[0].Split(' ');
        return (first[0], first[1], headers, received.ToArray()[(end + 4)..]);
    }
}
