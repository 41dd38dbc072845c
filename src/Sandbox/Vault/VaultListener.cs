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

/// <summary>The HTTP server in front of a handler. Each time Vault listens again, a new one starts.</summary>
internal sealed class VaultListener : IAsyncDisposable
{
    /// <summary>How long requests in flight may take after the stop. Then their connections are cut.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(250);

    private readonly WebApplication app;

    private VaultListener(WebApplication app) => this.app = app;

    /// <summary>The actual address. Port 0 is replaced by the port that was taken.</summary>
    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<VaultListener> StartAsync(
        IPEndPoint endPoint, CertificateSlot? certificate, Action<ILoggingBuilder>? logging, RequestDelegate handler, CancellationToken cancellation)
    {
        // It watches no files: by default .NET watches the content root with all folders below it.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.Logging.ClearProviders();
        logging?.Invoke(builder.Logging);
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = DrainTime);
        if (certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        // A flush must end only when the kernel has the bytes. A connection that is cut after a flush has then sent them.
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
            // The drain time is over. Clients that still wait lose their connection, as when Vault goes down.
        }

        await app.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Does not handle the process's signals. They belong to the program that started the Vault.</summary>
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
