using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Sandbox.Vault;

/// <summary>The HTTP server in front of a handler; started anew each time the vault comes back.</summary>
internal sealed class VaultListener : IAsyncDisposable
{
    /// <summary>How long requests in flight may go on when it stops; after that their connections are cut.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(250);

    private readonly WebApplication app;

    private VaultListener(WebApplication app) => this.app = app;

    /// <summary>Where it listens in truth, with the port that port 0 became.</summary>
    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<VaultListener> StartAsync(
        IPEndPoint endPoint, CertificateSlot? certificate, Action<ILoggingBuilder>? logging, RequestDelegate handler, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        logging?.Invoke(builder.Logging);
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = DrainTime);
        if (certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        // So that a flush ends when the bytes are with the kernel: a connection cut after it has sent them.
        builder.WebHost.UseSockets(sockets => sockets.MaxWriteBufferSize = 1);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            kestrel.Listen(endPoint, listen =>
            {
                if (certificate is null) return;
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Served }),
                });
            });
        });
        var app = builder.Build();
        app.Run(handler);
        try
        {
            await app.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new VaultListener(app);
    }

    public async ValueTask DisposeAsync()
    {
        using var drained = new CancellationTokenSource(DrainTime);
        try
        {
            await app.StopAsync(drained.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (drained.IsCancellationRequested)
        {
            // The drain time is over: whoever still waits for an answer loses the connection, as when Vault goes away.
        }

        await app.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Leaves the process's signals alone: they belong to whoever started the vault.</summary>
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
