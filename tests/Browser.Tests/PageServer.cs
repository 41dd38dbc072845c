using System.Net;
using AkkaVault.Contracts;
using AkkaVault.Controller.Hosting.Management;
using AkkaVault.Sandbox.Network;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Browser.Tests;

/// <summary>A management port with the page and its real streams, which shows what a test wants to be shown. It can be stopped and started.</summary>
internal sealed class PageServer : IClusterStatusReader, IAsyncDisposable
{
    private readonly IPEndPoint _port = new(IPAddress.Loopback, FreePort.Next());
    private WebApplication? _app;

    public Uri Address => new($"http://{_port}/");

    /// <summary>What is shown from now on.</summary>
    public ClusterStatusDocument Status { get; set; } = SampleStatus.Calm;

    public static async Task<PageServer> StartNewAsync(ClusterStatusDocument? status = null)
    {
        var server = new PageServer { Status = status ?? SampleStatus.Calm };
        await server.StartAsync();
        return server;
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(_port));
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<IClusterStatusReader>(this).AddSingleton<StatusEndpoints>().AddSingleton<ManagementPage>();
        _app = builder.Build();
        _app.MapGet("/", (ManagementPage page, HttpContext context) => page.Answer(context));
        _app.MapGet("/status", (StatusEndpoints status, HttpContext context) => status.OnceAsync(context));
        _app.MapGet("/events", (StatusEndpoints status, HttpContext context) => status.StreamAsync(context));
        await _app.StartAsync();
    }

    public async Task StopAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        _app = null;
    }

    public Task<ClusterStatusDocument> ReadAsync(CancellationToken cancellation) => Task.FromResult(Status with { At = DateTime.UtcNow });

    public async ValueTask DisposeAsync() => await StopAsync();
}
