using System.Buffers;
using AkkaVault.Shared.Push;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AkkaVault.InitContainer;

/// <summary>Reads pushes concurrently, in bounded memory: large pushes are decoded one at a time, which takes milliseconds.</summary>
/// <param name="connections">Limits how much of all bodies is in memory.</param>
internal sealed class PushReader(Connections connections) : IDisposable
{
    private const int LargeBytes = 64 * 1024;
    private static readonly TimeSpan s_bodyDeadline = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _large = new(1);

    /// <summary>Reads and checks the body of a request.</summary>
    /// <returns>A push without <see cref="SecretPush.Problems"/>, or why there is none.</returns>
    /// <exception cref="OperationCanceledException">The sender has gone.</exception>
    public async Task<(SecretPush? Push, Rejection? Rejection)> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > SecretPush.MaxBodyBytes) return (null, Rejection.TooLarge());
        var place = context.Features.GetRequiredFeature<Connections.Place>();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(s_bodyDeadline);
        var reader = context.Request.BodyReader;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(deadline.Token).ConfigureAwait(false);
                connections.Hold(place, read.Buffer.Length);
                if (read.Buffer.Length > SecretPush.MaxBodyBytes)
                {
                    reader.AdvanceTo(read.Buffer.End);
                    return (null, Rejection.TooLarge());
                }

                if (read.IsCompleted)
                {
                    var result = await DecodeAsync(read.Buffer, context.RequestAborted).ConfigureAwait(false);
                    reader.AdvanceTo(read.Buffer.End);
                    connections.Hold(place, result.Push?.VaultCAs?.Length ?? 0);
                    return result;
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

    /// <inheritdoc/>
    public void Dispose() => _large.Dispose();

    private async Task<(SecretPush? Push, Rejection? Rejection)> DecodeAsync(ReadOnlySequence<byte> body, CancellationToken cancellation)
    {
        if (body.Length <= LargeBytes) return Decode(body);
        await _large.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            // Otherwise the garbage collector would let the memory grow up to the container's limit.
            GC.Collect();
            return Decode(body);
        }
        finally
        {
            _large.Release();
        }
    }

    private static (SecretPush? Push, Rejection? Rejection) Decode(ReadOnlySequence<byte> body)
    {
        var bytes = ArrayPool<byte>.Shared.Rent((int)body.Length);
        try
        {
            body.CopyTo(bytes);
            if (!SecretPush.TryDecode(bytes.AsSpan(0, (int)body.Length), out var push) || push is null) return (null, Rejection.Undecodable());
            return Check(push) is { } invalid ? (null, invalid) : (push, null);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static Rejection? Check(SecretPush push)
    {
        var now = DateTimeOffset.UtcNow;
        var problems = push.Problems(now).ToList();
        if (push.VaultCAs is { Length: > 0 } bundle && PushedCas.WhyNotRead(bundle) is { } why) problems.Add(why);
        if (problems.Count == 0) return null;
        var detail = string.Join("; ", problems);
        return problems.Count == 1 && push.IsExpired(now) ? Rejection.Expired(detail) : Rejection.Invalid(detail);
    }
}
