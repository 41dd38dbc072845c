using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaVault.Shared.Certificates;
using AkkaVault.Shared.Push;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace AkkaVault.InitContainer;

/// <summary>The HTTPS listener: bare Kestrel, without a host around it, because every pod pays for its start.</summary>
public sealed class PushServer : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private const long MaxDroppedBytes = 16 * SecretPush.MaxBodyBytes;
    private static readonly TimeSpan BodyTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private readonly KestrelServer _server;
    private readonly X509Certificate2 _certificate;
    private readonly SecretTaker _taker;
    private readonly Log _log;
    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A server; it does not listen yet.</summary>
    public PushServer(InitSettings settings, SecretTaker taker, Log log)
    {
        (_taker, _log) = (taker, log);
        _certificate = SelfSigned.For(OwnAddress(settings.Endpoint.Address), settings.Timeout);
        var options = new KestrelServerOptions { ApplicationServices = new NoServices(), AddServerHeader = false };
        // Both are told in our own words, below.
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Listen(settings.Endpoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseTls(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, additionalCertificates: null, offline: true),
            });
        });
        _server = new KestrelServer(
            Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
    }

    /// <summary>Completes when a push was taken and its sender was answered.</summary>
    public Task Served => _served.Task;

    /// <summary>Listens.</summary>
    /// <exception cref="IOException">The address is in use, or not this machine's.</exception>
    public async Task StartAsync()
    {
        try
        {
            await _server.StartAsync(this, CancellationToken.None).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Lets answers that are under way end.</summary>
    public async Task StopAsync()
    {
        using var deadline = new CancellationTokenSource(StopTimeout);
        await _server.StopAsync(deadline.Token).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(HttpContext context)
    {
        try
        {
            if (context.Request.Path.Value != "/") throw new RejectionException(404, PushRejection.NotFound, "only / exists");
            if (!HttpMethods.IsPost(context.Request.Method))
            {
                context.Response.Headers.Allow = "POST";
                throw new RejectionException(405, PushRejection.MethodNotAllowed, "only POST is supported");
            }

            await _taker.TakeAsync(await BodyAsync(context.Request).ConfigureAwait(false), CancellationToken.None).ConfigureAwait(false);
            context.Response.StatusCode = 200;
            context.Response.ContentLength = 0;
            // Nothing may keep the pod from going on now, not even a sender that went away.
            context.Response.OnCompleted(() =>
            {
                _served.TrySetResult();
                return Task.CompletedTask;
            });
        }
        catch (RejectionException e)
        {
            await AnswerAsync(context, e).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
        if (exception is not null) _log.Debug($"a request ended early: {exception.GetType().Name}");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        _certificate.Dispose();
        _taker.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<byte[]> BodyAsync(HttpRequest request)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(request.HttpContext.RequestAborted);
        deadline.CancelAfter(BodyTimeout);
        var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            for (long total = 0; ;)
            {
                var read = await request.Body.ReadAsync(buffer, deadline.Token).ConfigureAwait(false);
                total += read;
                // The rest of a body that is too large is read and dropped: most senders look at the answer only after they have sent all.
                if (total <= SecretPush.MaxBodyBytes) body.Write(buffer, 0, read);
                if (read > 0 && total <= MaxDroppedBytes) continue;
                return total <= SecretPush.MaxBodyBytes
                    ? body.ToArray()
                    : throw new RejectionException(413, PushRejection.BodyTooLarge, $"the body is larger than {SecretPush.MaxBodyBytes} bytes");
            }
        }
        catch (OperationCanceledException)
        {
            throw new RejectionException(408, PushRejection.BodyTooSlow, $"the body did not arrive within {BodyTimeout.TotalSeconds}s");
        }
        catch (BadHttpRequestException)
        {
            throw new RejectionException(400, PushRejection.UndecodablePush, "the body ended early");
        }
    }

    private static async Task AnswerAsync(HttpContext context, RejectionException e)
    {
        context.Response.StatusCode = e.Status;
        context.Response.ContentType = "application/json";
        // What is left of the body is not worth reading.
        context.Response.Headers.Connection = "close";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new Answer(e.Reason, e.Message), AnswerJson.Default.Answer)).ConfigureAwait(false);
    }

    // As the original: the pod's own address. It is in the certificate for people; nobody verifies it.
    private static IPAddress OwnAddress(IPAddress listen)
    {
        if (!listen.Equals(IPAddress.Any) && !listen.Equals(IPAddress.IPv6Any)) return listen;
        var own = System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal);
        return own ?? IPAddress.Loopback;
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(ILoggerFactory) ? NullLoggerFactory.Instance : null;
    }
}

internal sealed record Answer([property: JsonPropertyName("reason")] string Reason, [property: JsonPropertyName("detail")] string Detail);

[JsonSerializable(typeof(Answer))]
internal sealed partial class AnswerJson : JsonSerializerContext;
