using System.Globalization;
using System.Reflection;
using Akka.Actor;
using AkkaVault.Controller.Cluster.LocalHealth;
using AkkaVault.Controller.Cluster.Reachability;
using AkkaVault.Controller.Cluster.Tls;
using AkkaVault.Controller.Common;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Deliveries.Push;
using AkkaVault.Controller.Hosting;
using AkkaVault.Controller.Hosting.Health;
using AkkaVault.Controller.Hosting.Management;
using AkkaVault.Controller.Hosting.Metrics;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Access;
using AkkaVault.Controller.Kubernetes.Events;
using AkkaVault.Controller.Logging;
using AkkaVault.Controller.Runs;
using AkkaVault.Controller.Vault;
using AkkaVault.Controller.Vault.Renewal;
using AkkaVault.Controller.Watching;
using AkkaVault.Shared.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller;

/// <summary>Composes the controller and runs it until it is asked to stop.</summary>
internal static class ControllerHost
{
    private const string LogCategory = "AkkaVault.Controller";

    /// <summary>The version of this program.</summary>
    public static string Version => typeof(ControllerHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <returns>An exit code of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(ControllerConfiguration configuration, LogOptions logging, CancellationToken cancellation)
    {
        try
        {
            await using var app = Compose(configuration, logging);
            // The host disposes its services when it ends.
            var stopping = app.Lifetime.ApplicationStopping;
            // It handles signals from now on.
            app.Services.GetRequiredService<IHostLifetime>();
            StartupSummary.Of(configuration, Version).Tell(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(LogCategory));
            var token = app.Services.GetRequiredService<ControllerToken>();
            ActorSystem? system = null;
            IHostedService[] services = [];
            using var started = app.Lifetime.ApplicationStarted.Register(() => system = app.Services.GetRequiredService<ActorSystem>());
            try
            {
                await PrepareAsync(app).ConfigureAwait(false);
                MapPorts(app, configuration);
                // Resolved now: after the host has run, its services cannot be resolved any more.
                services = [.. app.Services.GetServices<IHostedService>()];
                await app.RunAsync(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested || cancellation.IsCancellationRequested)
            {
                // Asked to stop, or refused by Vault, while it was still starting.
                system = null;
            }

            // A token that breaks the rules stops the host.
            if (token.Refused is { } refused) throw refused;
            if (BackgroundServiceFailure.In(services) is var (service, failure))
            {
                await Console.Error.WriteLineAsync($"kubernetes-vault cannot go on: {service} has failed: {Causes.Of(failure)}; please report it").ConfigureAwait(false);
                return ExitCodes.Failed;
            }

            // The reasons for which the controller has to be started again have an exit code.
            if (system is null || CoordinatedShutdown.Get(system).ShutdownReason is not { ExitCode: not 0 } reason) return ExitCodes.Stopped;
            var why = reason switch
            {
                CoordinatedShutdown.ClusterDowningReason => $"the others have taken it out of the cluster{PauseOf(system)}",
                LeaderReachabilityActor.GaveUp => "it led and did not reach the API server, which another controller reaches",
                _ => $"Akka has shut it down ({reason.GetType().Name})",
            };
            await Console.Error.WriteLineAsync($"kubernetes-vault ends: {why}; started again, it joins as a new member").ConfigureAwait(false);
            return ExitCodes.Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException or KubeconfigException or TokenRuleException)
        {
            await Console.Error.WriteLineAsync($"kubernetes-vault cannot run: {Causes.Of(e)}").ConfigureAwait(false);
            return ExitCodes.Failed;
        }
    }

    // The others took the pause for the end of this process: whoever reads the log need not search for a broken network.
    private static string PauseOf(ActorSystem system) =>
        LocalHealthMonitor.Of(system.EventStream).LongestPause is var pause && pause >= PauseDetector.PauseThreshold ? string.Create(CultureInfo.InvariantCulture, $"; it was paused for {pause.TotalSeconds:F1} s") : "";

    // The host reads the actor system's configuration as soon as it resolves its services. What that needs must be there before.
    private static async Task PrepareAsync(WebApplication app)
    {
        if (app.Services.GetService<RenewalsBeforeRemoting>() is not { } renewals) return;
        await renewals.StartAsync(app.Lifetime.ApplicationStopping).ConfigureAwait(false);
    }

    private static WebApplication Compose(ControllerConfiguration configuration, LogOptions logging)
    {
        // Without this, .NET watches the working directory with all folders below it, for an appsettings.json that changes. In the image that is "/", with /proc and /sys.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        // The configuration has the ports. .NET's images set ASPNETCORE_HTTP_PORTS, and Kestrel would warn that it is overridden.
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "").UseSetting(WebHostDefaults.HttpPortsKey, "").UseSetting(WebHostDefaults.HttpsPortsKey, "");
        builder.Logging.AddControllerLogs(logging);
        var services = builder.Services;
        builder.WebHost.ListenForMetrics(services, configuration.Metrics, configuration.Kubernetes.Service);
        if (configuration.Management is { Address: var listening }) builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(listening));
        // For requests to the ports, which are answered before the graceful shutdown of the cluster begins; that has its own timeouts.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));

        services.AddSingleton<IHostLifetime, SignalLifetime>();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(configuration);
        services.AddVault(configuration.Vault);
        services.AddSingleton(configuration.Kubernetes);
        services.AddSingleton(provider =>
        {
            var trust = provider.GetRequiredService<VaultTrust>();
            return new PushContent(configuration.Vault.AddressAsWritten, () => trust.Pem, configuration.Vault.Namespace);
        });
        services.AddSingleton(_ => ApiServer.Connect());
        services.AddControllerMetrics(configuration);
        services.AddSingleton<IPodWatcher, PodWatcher>();
        services.AddSingleton<ISecretPusher, HttpsSecretPusher>();
        services.AddSingleton<PodEvents>();
        services.AddSingleton<IPodEvents>(provider => provider.GetRequiredService<PodEvents>());
        services.AddHostedService(provider => provider.GetRequiredService<PodEvents>());
        services.AddSingleton<RunTracker>();
        services.AddSingleton<IRunTracker>(provider => provider.GetRequiredService<RunTracker>());
        services.AddSingleton<ILedgerTracker>(provider => provider.GetRequiredService<RunTracker>());
        services.AddSingleton<PodActorServices>();
        services.AddControllerHealth(isClustered: configuration.Cluster is not null);
        services.AddManagement();
        services.AddControllerActors(configuration);

        var app = builder.Build();
        // A kubeconfig that cannot be used is reported at once, not when the watcher starts.
        app.Services.GetRequiredService<ApiServer>();
        // It is called at each scrape from now on.
        app.Services.GetRequiredService<CurrentMetrics>();
        return app;
    }

    // After PrepareAsync: to map a health check is to resolve Akka.Hosting's options, and with them the actor system's configuration.
    private static void MapPorts(WebApplication app, ControllerConfiguration configuration)
    {
        if (configuration.Management is { Address: var management }) app.UseManagement(management.Port);
        // Routing after the management port's branch: before it, a request to that port would be matched with the metrics port's paths.
        app.UseRouting();
        // The kubelet probes these two, and has no certificate.
        app.MapLiveness("/healthz/live");
        app.MapReadiness("/healthz/ready");
        app.MapMetrics(app.Services.GetRequiredService<ControllerMetrics>(), configuration.Metrics.ClientCa is not null);
    }
}
