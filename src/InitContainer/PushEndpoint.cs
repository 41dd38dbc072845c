using System.Buffers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Shared.Push;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AkkaVault.InitContainer;

/// <summary>
/// <c>POST /</c>. Bodies are read side by side, so that nobody blocks a good push; what they ask for is done one at a time.
/// </summary>
/// <param name="redemption">Does it.</param>
/// <param name="log">One line a push.</param>
/// <param name="giveUp">The time is up: nothing is begun any more.</param>
internal sealed class PushEndpoint(Redemption redemption, Log log, CancellationToken giveUp) : IHttpApplication<HttpContext>, IDisposable
{
    private static readonly TimeSpan s_bodyDeadline = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly TaskCompletionSource _delivered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _served;
    private volatile Rejection? _last;

    /// <summary>Completes when the files are written and the answer has left, or its reader has gone.</summary>
    public Task Delivered => _delivered.Task;

    /// <summary>Why the latest push was not taken; null: none came.</summary>
    public Rejection? LastRejection => _last;

    /// <summary>Whether the credential is written, waiting until what is being done is done.</summary>
    /// <param name="patience">How long to wait for it.</param>
    public async Task<bool> SettleAsync(TimeSpan patience)
    {
        await _oneAtATime.WaitAsync(patience).ConfigureAwait(false);
        return _served;
    }

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(HttpContext context)
    {
        try
        {
            var rejection = await HandleAsync(context).ConfigureAwait(false);
            if (rejection is null) await ConfirmAsync(context).ConfigureAwait(false);
            else await RejectAsync(context, rejection).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            log.Debug($"A push from {context.Connection.RemoteIpAddress} was given up: its sender has gone, or the time is up");
            context.Abort();
        }
        catch (IOException e)
        {
            // Kestrel says so when a sender goes away in the middle.
            log.Debug($"The connection from {context.Connection.RemoteIpAddress} broke: {e.Message}");
            context.Abort();
        }
    }

    private async Task<Rejection?> HandleAsync(HttpContext context)
    {
        if (context.Request.Path != "/") return Rejection.NotFound();
        if (!HttpMethods.IsPost(context.Request.Method)) return Rejection.MethodNotAllowed();
        var (body, unreadable) = await ReadAsync(context).ConfigureAwait(false);
        if (body is null) return unreadable;
        if (!SecretPush.TryDecode(body, out var push) || push is null) return Rejection.Undecodable();
        if (Check(push, out var cas) is { } invalid) return invalid;
        log.Debug($"Received {push}");

        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, giveUp);
        await _oneAtATime.WaitAsync(cancellation.Token).ConfigureAwait(false);
        try
        {
            if (_served) return Rejection.AlreadyServed();
            var rejection = await redemption.RedeemAsync(push, cas, cancellation.Token).ConfigureAwait(false);
            _served = rejection is null;
            return rejection;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private static async Task<(byte[]? Body, Rejection? Unreadable)> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > SecretPush.MaxBodyBytes) return (null, Rejection.TooLarge());
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(s_bodyDeadline);
        var reader = context.Request.BodyReader;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(deadline.Token).ConfigureAwait(false);
                if (read.Buffer.Length > SecretPush.MaxBodyBytes)
                {
                    reader.AdvanceTo(read.Buffer.End);
                    return (null, Rejection.TooLarge());
                }

                if (read.IsCompleted)
                {
                    var body = read.Buffer.ToArray();
                    reader.AdvanceTo(read.Buffer.End);
                    return (body, null);
                }

                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            context.Response.Headers.Connection = "close";
            return (null, Rejection.TooSlow(s_bodyDeadline));
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status400BadRequest)
        {
            return (null, Rejection.Undecodable());
        }
    }

    private static Rejection? Check(SecretPush push, out X509Certificate2Collection? cas)
    {
        cas = null;
        var now = DateTimeOffset.UtcNow;
        var problems = push.Problems(now).ToList();
        if (push.VaultCAs is { Length: > 0 } bundle && !TryReadCertificates(bundle, out cas))
            problems.Add("vaultCAs holds no PEM certificates");
        if (problems.Count == 0) return null;
        var detail = string.Join("; ", problems);
        return problems.Count == 1 && push.IsExpired(now) ? Rejection.Expired(detail) : Rejection.Invalid(detail);
    }

    private static bool TryReadCertificates(byte[] bundle, out X509Certificate2Collection? certificates)
    {
        certificates = [];
        try
        {
            certificates.ImportFromPem(System.Text.Encoding.UTF8.GetString(bundle));
        }
        catch (CryptographicException)
        {
            return false;
        }

        return certificates.Count > 0;
    }

    private async Task RejectAsync(HttpContext context, Rejection rejection)
    {
        _last = rejection;
        var line = $"Rejected {context.Request.Method} from {context.Connection.RemoteIpAddress}: {rejection.Status} {rejection.Reason}: {rejection.Detail}";
        // Strangers' noise is for debugging; what Vault said to a well-formed push is for the operator.
        if (rejection.Status is 400 or 404 or 405 or 408 or 413) log.Debug(line);
        else log.Error(line);

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
        // Kestrel closes the connection once the answer is on the wire: then, and not before, the process may end.
        var connection = context.Features.Get<IConnectionLifetimeFeature>();
        connection?.ConnectionClosed.Register(() => _delivered.TrySetResult());
        try
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            context.Response.ContentLength = 0;
            context.Response.Headers.Connection = "close";
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
