using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using AkkaVault.Shared.Http;
using AkkaVault.Shared.Push;

namespace AkkaVault.Controller.Deliveries.Push;

/// <summary>What goes into every push besides the token.</summary>
/// <param name="VaultAddress">Vault's base address, as configured.</param>
/// <param name="VaultCAs">Gives the PEM bundle with which the init container verifies Vault, or null.</param>
/// <param name="VaultNamespace">Vault's namespace, or null.</param>
internal sealed record PushContent(string VaultAddress, Func<string?> VaultCAs, string? VaultNamespace);

/// <summary>
/// POSTs to init containers. Response wrapping makes a push safe: a wrapping token works once, and a theft shows.
/// </summary>
internal sealed class HttpsSecretPusher : ISecretPusher, IDisposable
{
    private const int MaxConcurrency = 64;
    // Pods that cannot reach Vault take a slot for up to half a minute each time. With slots of their own they delay only each other.
    private const int MaxStalled = 16;
    private static readonly TimeSpan PushTimeout = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _slots = new(MaxConcurrency);
    private readonly SemaphoreSlim _stalledSlots = new(MaxStalled);
    private readonly HttpClient _http;
    private readonly PushContent _content;
    private readonly TimeProvider _clock;

    /// <summary>A pusher without connections.</summary>
    public HttpsSecretPusher(PushContent content, TimeProvider clock)
    {
        _content = content;
        _clock = clock;
        _http = PushTransport.Create();
    }

    /// <inheritdoc/>
    public async Task<PushOutcome> PushAsync(DeliveryTarget target, IssuedToken issued, bool stalled, CancellationToken cancellation)
    {
        var token = issued.Token;
        var slots = stalled ? _stalledSlots : _slots;
        await slots.WaitAsync(cancellation).ConfigureAwait(false);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            deadline.CancelAfter(PushTimeout);
            if (_clock.GetUtcNow() >= issued.Expires) return new PushOutcome.TooLate();
            var cas = _content.VaultCAs() is { } pem ? Encoding.UTF8.GetBytes(pem) : null;
            using var content = new ByteArrayContent(
                new SecretPush(token.Token, token.CreationTime, (long)token.Ttl.TotalSeconds, _content.VaultAddress, cas, _content.VaultNamespace).Encode());
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await _http.PostAsync(UrlOf(target.Ip), content, deadline.Token).ConfigureAwait(false);
            var answer = await response.Content.ReadAsByteArrayAsync(deadline.Token).ConfigureAwait(false);
            if (response.IsSuccessStatusCode) return new PushOutcome.Succeeded(NextDeliveryAnswer.Read(answer));
            var (reason, detail) = RejectionAnswer.Read(answer, token.Token);
            return new PushOutcome.Rejected((int)response.StatusCode, reason, detail, reason == PushRejection.AlreadyServed ? NextDeliveryAnswer.Read(answer) : null);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError || e.InnerException is SocketException)
        {
            return new PushOutcome.NotListening(Causes.Of(e), IsRefused(e) ? ProblemCode.NotListening : ProblemCode.NoAnswer);
        }
        catch (HttpRequestException e)
        {
            return new PushOutcome.NoAnswer(Causes.Of(e), e.HttpRequestError == HttpRequestError.SecureConnectionError ? ProblemCode.NotTls : ProblemCode.NoAnswer);
        }
        catch (UriFormatException)
        {
            return new PushOutcome.NotListening($"\"{target.Ip}\" is not an IP address");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new PushOutcome.NoAnswer(deadline.IsCancellationRequested
                ? $"no answer within {PushTimeout.TotalSeconds}s"
                : $"no answer to the connection within {PushTransport.ConnectTimeout.TotalSeconds}s: packets are dropped, by a NetworkPolicy or a firewall");
        }
        finally
        {
            slots.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _slots.Dispose();
        _stalledSlots.Dispose();
    }

    /// <summary>Where a pod's init container listens; IPv6 addresses go in brackets.</summary>
    public static Uri UrlOf(string ip) => new(
        IPAddress.TryParse(ip, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
            ? $"https://[{ip}]:{SecretPush.Port}/"
            : $"https://{ip}:{SecretPush.Port}/");

    // Any other error means that there is no way to the pod.
    private static bool IsRefused(HttpRequestException e) => e.InnerException is not SocketException { SocketErrorCode: not SocketError.ConnectionRefused };
}
