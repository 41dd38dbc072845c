using System.Net;
using Microsoft.AspNetCore.Http;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Connects HTTP and the router: it reads a request, applies the fault hook, and writes the answer and the audit entry.</summary>
internal sealed class VaultHttp(VaultState state, VaultRouter router, AuditLog audit, string? home, Func<Func<VaultRequest, VaultFault?>?> fault)
{
    private const string Prefix = "/v1/";

    public async Task ServeAsync(HttpContext context)
    {
        // Read the path as Go does: an escaped slash is a slash.
        var path = (context.Request.Path.Value ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        if (!path.StartsWith(Prefix, StringComparison.Ordinal))
        {
            await AnswerWriter.WriteAsync(context, VaultAnswer.Errors(404, [])).ConfigureAwait(false);
            return;
        }

        if (path.Contains("//", StringComparison.Ordinal))
        {
            AnswerWriter.RedirectToClean(context, path);
            return;
        }

        var request = await ReadAsync(context, path[Prefix.Length..]).ConfigureAwait(false);
        var injected = fault()?.Invoke(request);
        if (injected is not null && injected.Latency > TimeSpan.Zero)
            await Task.Delay(injected.Latency, state.Time, context.RequestAborted).ConfigureAwait(false);
        var proper = injected is null or { AfterHandling: true } or { Drop: false, Status: null, Spoils: Spoiling.None } ? router.Handle(request) : null;
        if (injected is { Drop: true })
        {
            Audit(request, 0);
            context.Abort();
            return;
        }

        if (injected is { Spoils: not Spoiling.None })
        {
            Audit(request, injected.Spoils switch { Spoiling.Cut => 0, Spoiling.Redirect => 307, _ => proper?.Status ?? 200 });
            await AnswerWriter.WriteSpoiledAsync(context, injected, proper).ConfigureAwait(false);
            return;
        }

        var answer = injected?.Status is { } status ? Injected(injected, status) : proper!;
        Audit(request, answer.Status);
        await AnswerWriter.WriteAsync(context, answer).ConfigureAwait(false);
    }

    private async Task<VaultRequest> ReadAsync(HttpContext context, string path)
    {
        var body = ReadOnlyMemory<byte>.Empty;
        if (context.Request.ContentLength is not (null or 0) || context.Request.Headers.TransferEncoding.Count > 0)
        {
            using var buffer = new MemoryStream();
            await context.Request.Body.CopyToAsync(buffer, context.RequestAborted).ConfigureAwait(false);
            body = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        }

        var headers = context.Request.Headers;
        var token = headers["X-Vault-Token"].ToString();
        if (token.Length == 0 && headers.Authorization.ToString() is ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var bearer]) token = bearer;
        var method = context.Request.Method;
        var (ns, below, outside) = RequestNamespace.Of(headers["X-Vault-Namespace"].ToString(), path.Trim('/'), home);
        return new VaultRequest
        {
            Method = method == "GET" && context.Request.Query["list"] == "true" ? "LIST" : method,
            Path = below,
            EndsInSlash = path.EndsWith('/'),
            Namespace = ns,
            Outside = outside,
            RemoteAddress = context.Connection.RemoteIpAddress ?? IPAddress.None,
            WrapTtl = headers["X-Vault-Wrap-TTL"].ToString() is { Length: > 0 } ttl ? ttl : null,
            Token = token,
            TokenAccessor = token.Length > 0 && state.Tokens.Find(token) is { Accessor.Length: > 0 } known ? known.Accessor : null,
            Body = body,
        };
    }

    private void Audit(VaultRequest request, int status) =>
        audit.Add(AuditEntry.Of(request, status, state.Time.GetUtcNow()));

    private static VaultAnswer Injected(VaultFault fault, int status) => new()
    {
        Status = status,
        Plain = VaultAnswer.Errors(status, fault.Errors).Plain,
        Headers = fault.RetryAfter is { } wait ? new Dictionary<string, string> { ["Retry-After"] = $"{Json.SecondsLeft(wait)}" } : new Dictionary<string, string>(),
    };
}
