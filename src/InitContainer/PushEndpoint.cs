using System.Collections.Concurrent;
using AkkaVault.InitContainer.Sidecar;
using AkkaVault.Shared.Http;
using AkkaVault.Shared.Push;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AkkaVault.InitContainer;

/// <summary>
/// Answers <c>POST /</c>, and for a sidecar <c>GET /metrics</c>. Pushes are handled concurrently, so that a forged one cannot block a good
/// one. <see cref="Redemption"/> decides which of them must wait for others.
/// </summary>
/// <param name="redemption">Redeems pushes.</param>
/// <param name="connections">Limits how much of the bodies is in memory.</param>
/// <param name="metrics">The metrics of a sidecar; null: this is an init container.</param>
/// <param name="log">Receives a line for each push.</param>
/// <param name="giveUp">Cancelled when the time is up: from then on no push is begun.</param>
internal sealed class PushEndpoint(IRedemption redemption, Connections connections, SidecarMetrics? metrics, Log log, CancellationToken giveUp) : IHttpApplication<HttpContext>, IDisposable
{
    // A connection leaves some 50 KB of garbage. .NET would collect it only after tens of MiB, which is too much for a sidecar that is scraped for weeks.
    private const int RequestsBetweenCollections = 16;

    private readonly PushReader _reader = new(connections);
    private readonly RejectionLog _rejections = new(log);
    private readonly ConcurrentDictionary<Task, SecretPush> _underWay = new();
    private readonly TaskCompletionSource _delivered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Rejection? _last;
    private int _requests;

    /// <summary>Completes when the files are written and the answer is sent, or the sender has gone.</summary>
    public Task Delivered => _delivered.Task;

    /// <summary>The last rejection; null: there was none. A rejection that a stranger's request causes does not replace one of a push.</summary>
    public Rejection? LastRejection => _last;

    /// <summary>Waits until a push has succeeded, or all pushes that are under way have ended.</summary>
    /// <param name="timeout">How long to wait at most.</param>
    /// <returns>Whether the credential is written.</returns>
    public async Task<bool> FinishAsync(TimeSpan timeout)
    {
        await Task.WhenAny(redemption.Served, Task.WhenAll(_underWay.Keys), Task.Delay(timeout)).ConfigureAwait(false);
        return redemption.Served.IsCompleted;
    }

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(HttpContext context)
    {
        try
        {
            if (metrics is not null && IsScrape(context.Request)) await AnswerAsync(context, metrics.Write(MonotonicClock.Now, DateTimeOffset.UtcNow)).ConfigureAwait(false);
            else if (await HandleAsync(context).ConfigureAwait(false) is { } rejection) await RejectAsync(context, rejection).ConfigureAwait(false);
            else await ConfirmAsync(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested || giveUp.IsCancellationRequested)
        {
            log.Debug($"A push from {context.Connection.RemoteIpAddress} was given up: its sender has gone, or the time is up");
            context.Abort();
        }
        catch (IOException e)
        {
            // Kestrel throws this when a sender closes the connection too early.
            log.Debug($"The connection from {context.Connection.RemoteIpAddress} broke: {Causes.Of(e)}");
            context.Abort();
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            // Kestrel would answer 500 without a reason, and log nothing.
            await RejectAsync(context, ToRejection(e)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            ToRejection(e);
            context.Abort();
        }
        finally
        {
            if (metrics is not null && Interlocked.Increment(ref _requests) % RequestsBetweenCollections == 0) GC.Collect();
        }
    }

    private static bool IsScrape(HttpRequest request) => request.Path == "/metrics" && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method));

    private static async Task AnswerAsync(HttpContext context, byte[] text)
    {
        context.Response.ContentType = SidecarMetrics.ContentType;
        context.Response.ContentLength = text.Length;
        if (HttpMethods.IsGet(context.Request.Method)) await context.Response.Body.WriteAsync(text, context.RequestAborted).ConfigureAwait(false);
        await context.Response.CompleteAsync().ConfigureAwait(false);
    }

    private async Task<Rejection?> HandleAsync(HttpContext context)
    {
        if (context.Request.Path != "/") return Rejection.NotFound();
        if (!HttpMethods.IsPost(context.Request.Method)) return Rejection.MethodNotAllowed();
        try
        {
            var (push, unfit) = await _reader.ReadAsync(context).ConfigureAwait(false);
            return push is null ? unfit : await RedeemAsync(push, context.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            connections.Hold(context.Features.GetRequiredFeature<Connections.Place>(), 0);
        }
    }

    private async Task<Rejection?> RedeemAsync(SecretPush push, CancellationToken aborted)
    {
        log.Debug($"Received {push}");
        // TIMEOUT applies to the first credential only.
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(aborted, redemption.Served.IsCompleted ? CancellationToken.None : giveUp);
        cancellation.Token.ThrowIfCancellationRequested();
        var redeeming = redemption.RedeemAsync(push, cancellation.Token);
        _underWay.TryAdd(redeeming, push);
        try
        {
            return await redeeming.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            // Caught here, because the caller takes an IOException for a broken connection.
            return ToRejection(e);
        }
        finally
        {
            _underWay.TryRemove(redeeming, out _);
        }
    }

    private Rejection ToRejection(Exception e)
    {
        log.Error($"A push failed for a reason that was not foreseen; please report it: {Unforeseen.Describe(e)}");
        return _last = Rejection.InternalError(e);
    }

    private async Task RejectAsync(HttpContext context, Rejection rejection)
    {
        // A stranger's request must not hide why a push of the controller was rejected.
        if (!RejectionLog.IsNoise(rejection.Reason) || _last is not { } last || RejectionLog.IsNoise(last.Reason)) _last = rejection;
        _rejections.Tell(rejection, $"{context.Request.Method} from {context.Connection.RemoteIpAddress}");
        context.Response.StatusCode = rejection.Status;
        if (rejection.Status == StatusCodes.Status405MethodNotAllowed) context.Response.Headers.Allow = "POST";
        context.Response.ContentType = "application/json";
        var body = rejection.Encode();
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        await context.Response.CompleteAsync().ConfigureAwait(false);
    }

    private async Task ConfirmAsync(HttpContext context)
    {
        // Kestrel closes the connection when the answer is sent. The process must not end before that.
        var connection = context.Features.Get<IConnectionLifetimeFeature>();
        connection?.ConnectionClosed.Register(() => _delivered.TrySetResult());
        try
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            context.Response.Headers.Connection = "close";
            var body = redemption.Answer?.Encode() ?? [];
            context.Response.ContentLength = body.Length;
            if (body.Length > 0)
            {
                context.Response.ContentType = "application/json";
                await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
            }

            await context.Response.CompleteAsync().ConfigureAwait(false);
        }
        finally
        {
            if (connection is null) _delivered.TrySetResult();
            else _ = EndSoonAsync();
        }
    }

    private async Task EndSoonAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
        _delivered.TrySetResult();
    }
}
