using AkkaVault.Controller.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Actors.Tests.Hosting;

/// <summary>A background service that fails stops the host. The host then looks as if it had been stopped on request.</summary>
public class BackgroundServiceFailureTests
{
    [Fact]
    public async Task The_service_that_has_stopped_the_host_is_named()
    {
        var (name, failure) = Assert.NotNull(await RunAsync(new Fails()));
        Assert.Equal((nameof(Fails), "out of order"), (name, failure.Message));
    }

    [Fact]
    public async Task None_has_failed_where_the_host_was_asked_to_stop() => Assert.Null(await RunAsync(new Waits()));

    private static async Task<(string Service, Exception Failure)?> RunAsync(BackgroundService service)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Services.AddHostedService(_ => service);
        using var host = builder.Build();
        IHostedService[] services = [.. host.Services.GetServices<IHostedService>()];
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        if (service is Waits) lifetime.ApplicationStarted.Register(lifetime.StopApplication);
        await host.RunAsync();
        return BackgroundServiceFailure.In(services);
    }

    private sealed class Fails : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("out of order");
        }
    }

    private sealed class Waits : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Delay(Timeout.Infinite, stoppingToken);
    }
}
