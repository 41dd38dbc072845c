using System.Text.Json;
using AkkaVault.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary><c>/status</c>, and <c>/events</c>: the same document again and again, for the page. Nothing is read while nobody asks.</summary>
internal sealed class StatusEndpoints(IClusterStatusReader reader, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    /// <summary>The most streams at once: each holds a connection.</summary>
    public const int MaxStreams = 16;

    /// <summary>From one event of a stream to the next.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // All streams share what was read so lately.
    private static readonly TimeSpan Fresh = Interval / 2;
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);
    private static readonly byte[] s_event = "event: status\ndata: "u8.ToArray();
    private static readonly byte[] s_end = "\n\n"u8.ToArray();

    private readonly Lock _gate = new();
    private Task<byte[]>? _read;
    private long _readAt;
    private int _streams;

    /// <summary>The document once.</summary>
    public async Task<IResult> OnceAsync(HttpContext context)
    {
        Guard(context.Response);
        return Results.Bytes(await DocumentAsync(context.RequestAborted).ConfigureAwait(false), "application/json; charset=utf-8");
    }

    /// <summary>Server-sent events, until the client leaves or this controller stops.</summary>
    public async Task StreamAsync(HttpContext context)
    {
        if (Interlocked.Increment(ref _streams) > MaxStreams)
        {
            Interlocked.Decrement(ref _streams);
            await MessageAnswers.Message(StatusCodes.Status503ServiceUnavailable, $"{MaxStreams} pages are open at this controller; close one, or ask another controller").ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        try
        {
            // The host waits for open requests before it stops.
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            await WriteAsync(context.Response, ended.Token).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    private async Task WriteAsync(HttpResponse response, CancellationToken ended)
    {
        Guard(response);
        response.ContentType = "text/event-stream";
        try
        {
            while (!ended.IsCancellationRequested)
            {
                var document = await DocumentAsync(ended).ConfigureAwait(false);
                await response.Body.WriteAsync(s_event, ended).ConfigureAwait(false);
                await response.Body.WriteAsync(document, ended).ConfigureAwait(false);
                await response.Body.WriteAsync(s_end, ended).ConfigureAwait(false);
                await response.Body.FlushAsync(ended).ConfigureAwait(false);
                await Task.Delay(Interval, clock, ended).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The client has left, or this controller stops: a stream has no other end.
        }
    }

    private Task<byte[]> DocumentAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_read is null || _read.IsFaulted || _read.IsCanceled || (_read.IsCompleted && clock.GetElapsedTime(_readAt) >= Fresh))
                (_read, _readAt) = (ReadAsync(), clock.GetTimestamp());
            return _read.WaitAsync(cancellation);
        }
    }

    // Not cancelled by the client that was first: others wait for it, too.
    private async Task<byte[]> ReadAsync()
    {
        using var deadline = new CancellationTokenSource(ReadTimeout, clock);
        return JsonSerializer.SerializeToUtf8Bytes(await reader.ReadAsync(deadline.Token).ConfigureAwait(false), ManagementJson.Answers.ClusterStatusDocument);
    }

    private static void Guard(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
    }
}
