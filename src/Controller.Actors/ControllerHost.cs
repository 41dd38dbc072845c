using System.Globalization;
using System.Reflection;
using Akka.Actor;
using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Cluster.Discovery;
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
using Prometheus;

namespace AkkaVault.Controller;

/// <summary>Composes the controller and runs it until it is asked to stop.</summary>
public static class ControllerHost
{
    private const string LogCategory = "AkkaVault.Controller";

    /// <summary>The version of this program.</summary>
    public static string Version => typeof(ControllerHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Runs.</summary>
    /// <returns>An exit code of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(ControllerConfiguration configuration, LogOptions logging, CancellationToken cancellation)
    {
        try
        {
            await using var app = Compose(configuration, logging);
            // What the host disposes when it ends cannot be asked afterwards.
            var stopping = app.Lifetime.ApplicationStopping;
            // It listens to signals from now on.
            app.Services.GetRequiredService<IHostLifetime>();
            StartupSummary.Of(configuration, Version).Tell(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(LogCategory));
            var token = app.Services.GetRequiredService<ControllerToken>();
            ActorSystem? system = null;
            IHostedService[] services = [];
            using var started = app.Lifetime.ApplicationStarted.Register(() => system = app.Services.GetRequiredService<ActorSystem>());
            try
            {
                await PrepareAsync(app).ConfigureAwait(false);
                // Looked up now: when the host has run, its services cannot be asked for any more.
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

            // Of the reasons that Akka and the cluster have, those to be started again for say so.
            if (system is null || CoordinatedShutdown.Get(system).ShutdownReason is not { ExitCode: not 0 } reason) return ExitCodes.Stopped;
            var why = reason switch
            {
                CoordinatedShutdown.ClusterDowningReason => $"the others have taken it out of the cluster{HoldOf(system)}",
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

    // What the others took for its end: whoever reads the log need not look for a broken network.
    private static string HoldOf(ActorSystem system) =>
        LocalHealthMonitor.Of(system.EventStream).LongestPause is var held && held >= PauseDetector.PauseThreshold ? string.Create(CultureInfo.InvariantCulture, $"; it was held for {held.TotalSeconds:F1} s") : "";

    // The actor system's configuration is read as soon as the host looks at its services: what it needs is there before.
    private static async Task PrepareAsync(WebApplication app)
    {
        if (app.Services.GetService<RenewalsBeforeRemoting>() is not { } keepers) return;
        await keepers.StartAsync(app.Lifetime.ApplicationStopping).ConfigureAwait(false);
    }

    private static WebApplication Compose(ControllerConfiguration configuration, LogOptions logging)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        // The ports are those of the configuration. .NET's images set ASPNETCORE_HTTP_PORTS, and Kestrel warns that it is overridden.
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "").UseSetting(WebHostDefaults.HttpPortsKey, "").UseSetting(WebHostDefaults.HttpsPortsKey, "");
        builder.Logging.AddControllerLogs(logging);
        var services = builder.Services;
        builder.WebHost.ListenForMetrics(services, configuration.Metrics, configuration.Kubernetes.Service);
        if (configuration.Management is { Address: var listening }) builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(listening));
        // For requests to the ports, which are answered before the hand-over begins; the hand-over itself has its own time.
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
        services.AddSingleton(_ => new ControllerMetrics(Metrics.NewCustomRegistry()));
        services.AddSingleton(provider => new CurrentMetrics(
            provider.GetRequiredService<ControllerMetrics>(), () => provider.GetRequiredService<ControllerToken>().Life,
            provider.GetServices<IWatchedCertificate>(), configuration, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IDeliveryObserver>(provider => provider.GetRequiredService<ControllerMetrics>());
        services.AddSingleton<IWatcherObserver>(provider => provider.GetRequiredService<ControllerMetrics>());
        services.AddSingleton<IDiscoveryObserver>(provider => provider.GetRequiredService<ControllerMetrics>());
        services.AddSingleton<IIssueObserver>(provider => provider.GetRequiredService<ControllerMetrics>());
        services.AddSingleton<ITokenObserver>(provider => provider.GetRequiredService<ControllerMetrics>());
        services.AddSingleton<IWatchObserver>(provider => provider.GetRequiredService<ControllerMetrics>());
        services.AddSingleton<ICertificateObserver>(provider => provider.GetRequiredService<ControllerMetrics>());
        services.AddSingleton<IVaultObserver>(provider => provider.GetRequiredService<ControllerMetrics>());
        services.AddSingleton<IPodWatcher, PodWatcher>();
        services.AddSingleton<ISecretPusher, HttpsSecretPusher>();
        services.AddSingleton<PodEvents>();
        services.AddSingleton<IPodEvents>(provider => provider.GetRequiredService<PodEvents>());
        services.AddHostedService(provider => provider.GetRequiredService<PodEvents>());
        services.AddSingleton<RunTracker>();
        services.AddSingleton<IRunTracker>(provider => provider.GetRequiredService<RunTracker>());
        services.AddSingleton<ILedgerTracker>(provider => provider.GetRequiredService<RunTracker>());
        services.AddSingleton<PodActorServices>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<SeedNodeEndpoint>();
        services.AddSingleton<MemberEndpoints>();
        services.AddSingleton<ShardEndpoints>();
        services.AddSingleton<PodEndpoints>();
        services.AddSingleton<ManagementEndpoints>();
        services.AddControllerActors(configuration);

        var app = builder.Build();
        // A kubeconfig that cannot be used is said at once, not when the watcher starts.
        app.Services.GetRequiredService<ApiServer>();
        // From now on it is asked at each scrape.
        app.Services.GetRequiredService<CurrentMetrics>();
        // The ports serve different people: what is on the one is not on the other.
        if (configuration.Management is { Address: var management })
        {
            app.Use((context, next) => context.Connection.LocalPort == management.Port
                ? context.RequestServices.GetRequiredService<ManagementEndpoints>().AnswerAsync(context)
                : next(context));
        }

        app.MapHealth();
        app.MapMetrics(app.Services.GetRequiredService<ControllerMetrics>(), configuration.Metrics.ClientCa is not null);
        return app;
    }
}
