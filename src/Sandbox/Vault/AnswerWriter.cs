using Microsoft.AspNetCore.Http;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Writes answers to the wire: proper ones, and ones that a fault spoils.</summary>
internal static class AnswerWriter
{
    /// <summary>The time between two letters of a body that never ends.</summary>
    private static readonly TimeSpan Trickle = TimeSpan.FromMilliseconds(50);

    private static readonly byte[] Page = "<!DOCTYPE html>\n<html><body><h1>It works!</h1></body></html>\n"u8.ToArray();

    public static Task WriteAsync(HttpContext context, VaultAnswer answer) => WriteAsync(context, answer, answer.ContentType, Json.Body(answer));

    /// <summary>Go's <c>ServeMux</c> redirects a path with empty segments to the same path without them.</summary>
    public static void RedirectToClean(HttpContext context, string path)
    {
        context.Response.StatusCode = 301;
        var clean = string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.EscapeDataString));
        context.Response.Headers.Location = $"/{clean}{(path.EndsWith('/') ? "/" : "")}{context.Request.QueryString.ToUriComponent()}";
    }

    /// <summary>Writes the proper answer, spoiled by a fault.</summary>
    /// <param name="context">The request.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="proper">The proper answer; null when the request was not handled.</param>
    public static Task WriteSpoiledAsync(HttpContext context, VaultFault fault, VaultAnswer? proper)
    {
        var ok = new VaultAnswer();
        var body = proper is null ? default : Json.Body(proper);
        return fault.Spoils switch
        {
            Spoiling.Cut => CutAsync(context, proper!, body),
            Spoiling.Truncated => WriteAsync(context, proper!, proper!.ContentType, body[..(body.Length / 2)]),
            Spoiling.ContentType => WriteAsync(context, proper!, "text/html", body),
            Spoiling.Endless => TrickleAsync(context),
            Spoiling.Page => WriteAsync(context, ok, "text/html", Page),
            Spoiling.Empty => WriteAsync(context, ok, ok.ContentType, default),
            Spoiling.Oversized => OversizedAsync(context, fault.Size),
            Spoiling.Redirect => RedirectAsync(context, fault.Elsewhere!),
            _ => throw new InvalidOperationException($"{fault.Spoils} spoils nothing."),
        };
    }

    private static async Task WriteAsync(HttpContext context, VaultAnswer answer, string contentType, ReadOnlyMemory<byte> body)
    {
        Head(context, answer.Status, contentType);
        foreach (var (name, value) in answer.Headers) context.Response.Headers[name] = value;
        if (body.IsEmpty) return;
        context.Response.ContentLength = body.Length;
        if (context.Request.Method == "HEAD") return;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task CutAsync(HttpContext context, VaultAnswer proper, ReadOnlyMemory<byte> body)
    {
        if (!body.IsEmpty)
        {
            Head(context, proper.Status, proper.ContentType);
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body[..(body.Length / 2)], context.RequestAborted).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }

        context.Abort();
    }

    private static async Task TrickleAsync(HttpContext context)
    {
        Head(context, 200, "application/json");
        await context.Response.Body.WriteAsync("{\"request_id\":\""u8.ToArray(), context.RequestAborted).ConfigureAwait(false);
        using var timer = new PeriodicTimer(Trickle);
        var letter = "a"u8.ToArray();
        do
        {
            await context.Response.Body.WriteAsync(letter, context.RequestAborted).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(context.RequestAborted).ConfigureAwait(false));
    }

    private static async Task OversizedAsync(HttpContext context, long size)
    {
        var (start, end) = ("{\"request_id\":\""u8.ToArray(), "\"}"u8.ToArray());
        Head(context, 200, "application/json");
        context.Response.ContentLength = size;
        await context.Response.Body.WriteAsync(start, context.RequestAborted).ConfigureAwait(false);
        var filler = new byte[64 << 10];
        Array.Fill(filler, (byte)'a');
        for (var left = size - start.Length - end.Length; left > 0; left -= filler.Length)
            await context.Response.Body.WriteAsync(filler.AsMemory(0, (int)Math.Min(left, filler.Length)), context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.WriteAsync(end, context.RequestAborted).ConfigureAwait(false);
    }

    private static Task RedirectAsync(HttpContext context, Uri address)
    {
        context.Response.StatusCode = 307;
        context.Response.Headers.Location = $"{address.AbsoluteUri.TrimEnd('/')}{context.Request.Path.ToUriComponent()}{context.Request.QueryString.ToUriComponent()}";
        return Task.CompletedTask;
    }

    private static void Head(HttpContext context, int status, string contentType)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.Headers.CacheControl = "no-store";
    }
}
