using System.Net;
using System.Net.Http.Json;
using AkkaVault.Shared.Certificates;
using AkkaVault.Shared.Push;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Benchmarks.Pushes;

/// <summary>
/// Answers the pushes to all simulated pods: one TLS server on port 50000 of every address of this machine. The address that was pushed to tells which
/// pod is meant. It unwraps each wrapping token at Vault, as an init container does, and does not log in.
/// </summary>
internal sealed class PushServer : IAsyncDisposable
{
    private static readonly TimeSpan CertificateLife = TimeSpan.FromDays(1);

    private readonly WebApplication _app;
    private readonly HttpClient _vault;
    private readonly Func<string, IPushTarget?> _find;

    private PushServer(WebApplication app, Uri vault, Func<string, IPushTarget?> find) => (_app, _vault, _find) = (app, new HttpClient { BaseAddress = vault }, find);

    /// <summary>Starts it.</summary>
    /// <param name="vault">Vault.</param>
    /// <param name="find">What is at an address.</param>
    /// <exception cref="InvalidOperationException">The port is in use.</exception>
    public static async Task<PushServer> StartAsync(Uri vault, Func<string, IPushTarget?> find)
    {
        var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false"]);
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Any, SecretPush.Port, listen => listen.UseHttps(SelfSigned.For(IPAddress.Loopback, CertificateLife))));
        var server = new PushServer(builder.Build(), vault, find);
        server._app.Run(server.AnswerAsync);
        try
        {
            await server._app.StartAsync().ConfigureAwait(false);
            return server;
        }
        catch (IOException e)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw new InvalidOperationException($"port {SecretPush.Port} is not free on all addresses: another sandbox runs, or tests do ({e.Message}). A network namespace of its own helps: unshare --net", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _vault.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var push = await context.Request.ReadFromJsonAsync<SecretPush>(context.RequestAborted).ConfigureAwait(false) ?? throw new InvalidOperationException("a push without a body");
        var target = _find($"{context.Connection.LocalIpAddress}") ?? throw new InvalidOperationException($"no pod is at {context.Connection.LocalIpAddress}");
        if (target.Begin(DateTimeOffset.UtcNow) is { } served)
        {
            await RejectAsync(context, PushRejection.AlreadyServed, served).ConfigureAwait(false);
            return;
        }

        var redeemed = false;
        try
        {
            redeemed = await UnwrapAsync(push.Token, context.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            if (target.End(DateTimeOffset.UtcNow, redeemed) is { } taken) await context.Response.WriteAsJsonAsync(taken, context.RequestAborted).ConfigureAwait(false);
        }

        if (!redeemed) await RejectAsync(context, PushRejection.WrappingTokenInvalid, new PushAnswer(null)).ConfigureAwait(false);
    }

    private async Task<bool> UnwrapAsync(string token, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("v1/sys/wrapping/unwrap", UriKind.Relative));
        request.Headers.Add("X-Vault-Token", token);
        using var answer = await _vault.SendAsync(request, cancellation).ConfigureAwait(false);
        return answer.IsSuccessStatusCode;
    }

    private static Task RejectAsync(HttpContext context, string reason, PushAnswer answer)
    {
        context.Response.StatusCode = StatusCodes.Status409Conflict;
        return context.Response.WriteAsJsonAsync(new Dictionary<string, object?> { ["reason"] = reason, ["detail"] = "a simulated pod", ["nextDeliverySeconds"] = answer.NextDeliverySeconds }, context.RequestAborted);
    }
}
