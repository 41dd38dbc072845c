using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using AkkaVault.Controller.Cluster;
using AkkaVault.Controller.Cluster.Forming;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Observability;
using AkkaVault.Controller.Pods;
using AkkaVault.Controller.Push;
using AkkaVault.Controller.Vault;
using AkkaVault.Shared.Vault;
using k8s.Exceptions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace AkkaVault.Controller;

/// <summary>What the process answers when it ends.</summary>
public static class ExitCodes
{
    /// <summary>Asked to stop.</summary>
    public const int Stopped = 0;

    /// <summary>It could not go on; the log says why.</summary>
    public const int Failed = 1;

    /// <summary>The configuration or the command line is wrong.</summary>
    public const int WrongConfiguration = 2;
}

/// <summary>Composes the controller and runs it until it is asked to stop.</summary>
public static class ControllerHost
{
    /// <summary>Runs.</summary>
    /// <returns>An exit code of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(ControllerConfiguration configuration, LogLevel logLevel, CancellationToken cancellation)
    {
        try
        {
            await using var app = Compose(configuration, logLevel);
            var token = app.Services.GetRequiredService<ControllerToken>();
            ActorSystem? system = null;
            using var started = app.Lifetime.ApplicationStarted.Register(() => system = app.Services.GetRequiredService<ActorSystem>());
            await app.RunAsync(cancellation).ConfigureAwait(false);
            // A token that breaks the rules stops the host.
            if (token.ExecuteTask is { IsFaulted: true } failed) await failed.ConfigureAwait(false);
            if (system is null || CoordinatedShutdown.Get(system).ShutdownReason is not CoordinatedShutdown.ClusterDowningReason) return ExitCodes.Stopped;
            await Console.Error.WriteLineAsync("kubernetes-vault ends: the others have taken it out of the cluster; started again, it joins as a new member").ConfigureAwait(false);
            return ExitCodes.Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException or KubeConfigException or TokenRuleException)
        {
            await Console.Error.WriteLineAsync($"kubernetes-vault cannot run: {e.Message}").ConfigureAwait(false);
            return ExitCodes.Failed;
        }
    }

    private static WebApplication Compose(ControllerConfiguration configuration, LogLevel logLevel)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Logging.ClearProviders().SetMinimumLevel(logLevel)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Akka", logLevel == LogLevel.Debug ? LogLevel.Information : LogLevel.Warning)
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            });
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(configuration.Metrics.Address, listen =>
            {
                if (configuration.Metrics is { CertFile: { } certificate, CertKey: { } key } metrics) listen.UseHttps(Https(certificate, key, metrics.ClientCaFile));
            });
            if (configuration.Management is { } management) kestrel.Listen(management);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));

        var vaultCAs = configuration.Vault.CaCertFile is { } file ? File.ReadAllBytes(file) : null;
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(configuration);
        services.AddSingleton(configuration.Vault);
        services.AddSingleton(configuration.Kubernetes);
        services.AddSingleton(new PushContent(configuration.Vault.AddressAsWritten, vaultCAs));
        services.AddSingleton(_ => new VaultClient(VaultTransport.Create(configuration.Vault.Address, Roots(configuration.Vault.CaCertFile))));
        services.AddSingleton(_ => ApiServer.Connect());
        services.AddSingleton(_ => new ControllerMetrics(Metrics.NewCustomRegistry()));
        services.AddSingleton<IDeliveryObserver>(provider => provider.GetRequiredService<ControllerMetrics>());
        services.AddSingleton<IIssueObserver>(provider => provider.GetRequiredService<ControllerMetrics>());
        services.AddSingleton<ITokenObserver>(provider => provider.GetRequiredService<ControllerMetrics>());
        services.AddSingleton<IWatchObserver>(provider => provider.GetRequiredService<ControllerMetrics>());
        services.AddSingleton<IPodFeed, PodFeed>();
        services.AddSingleton<ISecretPusher, HttpsSecretPusher>();
        services.AddSingleton<ISecretIssuer, VaultSecretIssuer>();
        services.AddSingleton<PodActorServices>();
        services.AddSingleton<ControllerToken>();
        services.AddHostedService(provider => provider.GetRequiredService<ControllerToken>());
        services.AddSingleton<Readiness>();
        services.AddSingleton<BootstrapProgress>();
        services.AddSingleton<ContactPointClient>();
        services.AddSingleton<ManagementEndpoints>();
        services.AddControllerActors(configuration);

        var app = builder.Build();
        // A kubeconfig that cannot be used is said at once, not when the watcher starts.
        app.Services.GetRequiredService<ApiServer>();
        // The ports serve different people: what is on the one is not on the other.
        if (configuration.Management is { } management)
        {
            app.Use((context, next) => context.Connection.LocalPort == management.Port
                ? context.RequestServices.GetRequiredService<ManagementEndpoints>().AnswerAsync(context)
                : next(context));
        }

        app.MapMetricsAndHealth(app.Services.GetRequiredService<ControllerMetrics>());
        return app;
    }

    private static HttpsConnectionAdapterOptions Https(string certificate, string key, string? clientCaFile)
    {
        var https = new HttpsConnectionAdapterOptions { ServerCertificate = X509Certificate2.CreateFromPemFile(certificate, key) };
        if (Roots(clientCaFile) is not { } roots) return https;
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.ClientCertificateValidation = (client, _, _) =>
        {
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.CustomTrustStore.AddRange(roots);
            return chain.Build(client);
        };
        return https;
    }

    private static X509Certificate2Collection? Roots(string? file)
    {
        if (file is null) return null;
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(file);
        return roots;
    }
}
