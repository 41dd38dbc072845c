using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.Actors.Tests.Kubernetes;

/// <summary>A request that arrived.</summary>
/// <param name="Name">The server name of the handshake.</param>
/// <param name="Client">The client's certificate, and the certificates that came with it.</param>
/// <param name="Head">The lines of the request's head.</param>
internal sealed record Arrival(string Name, IReadOnlyList<string> Client, IReadOnlyList<string> Head)
{
    public string? Header(string name) => Head.FirstOrDefault(line => line.StartsWith($"{name}: ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..];
}

/// <summary>
/// Answers each request over TLS, and keeps the arrived requests. Each connection serves one request, unless connections are to be kept open.
/// </summary>
internal sealed class TlsApiServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly Task _accepting;

    public TlsApiServer(X509Certificate2 certificate, params X509Certificate2Collection chain)
    {
        Certificate = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public SslStreamCertificateContext Certificate { get; set; }

    public bool KeepsConnections { get; init; }

    public string Status { get; set; } = "200 OK";

    public ConcurrentQueue<Arrival> Arrivals { get; } = [];

    public string Url => $"https://{_listener.LocalEndpoint}";

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopped.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var certificates = new List<string>();
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions
                    {
                        ServerCertificateContext = Certificate,
                        ClientCertificateRequired = true,
                        AllowTlsResume = false,
                        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                        RemoteCertificateValidationCallback = (_, presented, chain, _) =>
                        {
                            if (presented is not null) certificates.AddRange([presented.Subject, .. chain!.ChainPolicy.ExtraStore.Select(other => other.Subject)]);
                            return true;
                        },
                    },
                    _stopped.Token);
                using var reader = new StreamReader(tls, leaveOpen: true);
                do
                {
                    var head = new List<string>();
                    while (await reader.ReadLineAsync(_stopped.Token) is { Length: > 0 } line) head.Add(line);
                    if (head.Count == 0) return;
                    Arrivals.Enqueue(new Arrival(tls.TargetHostName, certificates, head));
                    await tls.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 {Status}\r\nContent-Length: 0\r\n{(KeepsConnections ? "" : "Connection: close\r\n")}\r\n"), _stopped.Token);
                }
                while (KeepsConnections);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The client did not trust the server, or the test is over.
        }
    }
}
