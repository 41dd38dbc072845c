using System.Net;
using System.Net.Http.Json;
using AkkaVault.Shared.Certificates;
using AkkaVault.Shared.Push;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Benchmarks.Sidecars;

/// <summary>
/// Answers the pushes to all simulated sidecars: one TLS server on port 50000 of every address of this machine. The address that was pushed to tells which
/// sidecar is meant. It unwraps each wrapping token at Vault, as a sidecar does, and does not log in.
/// </summary>
internal sealed class PushServer : IAsyncDisposable
{
    private static readonly TimeSpan CertificateLife = TimeSpan.FromDays(1);

    private readonly WebApplication _app;
    private readonly HttpClient _vault;
    private readonly Func<string, SimulatedSidecar?> _find;
    private readonly Action<SimulatedSidecar> _taken;

    private PushServer(WebApplication app, Uri vault, Func<string, SimulatedSidecar?> find, Action<SimulatedSidecar> taken) =>
        (_app, _vault, _find, _taken) = (app, new HttpClient { BaseAddress = vault }, find, taken);

    /// <summary>Starts it.</summary>
    /// <param name="vault">Vault.</param>
    /// <param name="find">The sidecar at an address.</param>
    /// <param name="taken">Is told of each delivery.</param>
    /// <exception cref="InvalidOperationException">The port is in use.</exception>
    public static async Task<PushServer> StartAsync(Uri vault, Func<string, SimulatedSidecar?> find, Action<SimulatedSidecar> taken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Any, SecretPush.Port, listen => listen.UseHttps(SelfSigned.For(IPAddress.Loopback, CertificateLife))));
        var server = new PushServer(builder.Build(), vault, find, taken);
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
        var sidecar = _find($"{context.Connection.LocalIpAddress}") ?? throw new InvalidOperationException($"no sidecar is at {context.Connection.LocalIpAddress}");
        if (sidecar.Begin(DateTimeOffset.UtcNow) is { } left)
        {
            await RejectAsync(context, PushRejection.AlreadyServed, left).ConfigureAwait(false);
            return;
        }

        var redeemed = false;
        try
        {
            redeemed = await UnwrapAsync(push.Token, context.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            if (sidecar.End(DateTimeOffset.UtcNow, redeemed) is { } next)
            {
                _taken(sidecar);
                await context.Response.WriteAsJsonAsync(new PushAnswer(next), context.RequestAborted).ConfigureAwait(false);
            }
        }

        if (!redeemed) await RejectAsync(context, PushRejection.WrappingTokenInvalid, null).ConfigureAwait(false);
    }

    private async Task<bool> UnwrapAsync(string token, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("v1/sys/wrapping/unwrap", UriKind.Relative));
        request.Headers.Add("X-Vault-Token", token);
        using var answer = await _vault.SendAsync(request, cancellation).ConfigureAwait(false);
        return answer.IsSuccessStatusCode;
    }

    private static Task RejectAsync(HttpContext context, string reason, long? next)
    {
        context.Response.StatusCode = StatusCodes.Status409Conflict;
        return context.Response.WriteAsJsonAsync(new Dictionary<string, object?> { ["reason"] = reason, ["detail"] = "a simulated sidecar", ["nextDeliverySeconds"] = next }, context.RequestAborted);
    }
}
