using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Akka.Hosting;
using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Cluster.Discovery;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using AkkaVault.Controller.Vault;
using AkkaVault.Controller.Vault.Renewal;
using AkkaVault.Controller.Watching;
using AkkaVault.Shared.Vault;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AkkaVault.Controller.Hosting.Metrics;

/// <summary>The metrics and their port, for the host.</summary>
internal static class MetricsServices
{
    private const string CertificateName = "The certificate of the metrics port";
    private const string ClientCaName = "The CA bundle for scrapers";

    /// <summary>Adds the metrics, as every room observes them.</summary>
    public static IServiceCollection AddControllerMetrics(this IServiceCollection services, ControllerConfiguration configuration)
    {
        services.AddSingleton(provider => new ControllerMetrics(Prometheus.Metrics.NewCustomRegistry(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new CurrentMetrics(
            provider.GetRequiredService<ControllerMetrics>(), () => provider.GetRequiredService<ControllerToken>().Life,
            provider.GetServices<IWatchedCertificate>(), configuration, provider.GetRequiredService<TimeProvider>()));
        if (configuration.Cluster?.Tls is not null) services.AddSingleton<IWatchedCertificate, RemotingCertificate>();
        return services
            .AddSingleton<IDeliveryObserver>(Metrics)
            .AddSingleton<IWatcherObserver>(Metrics)
            .AddSingleton<IDiscoveryObserver>(Metrics)
            .AddSingleton<IIssueObserver>(Metrics)
            .AddSingleton<ITokenObserver>(Metrics)
            .AddSingleton<IWatchObserver>(Metrics)
            .AddSingleton<ICertificateObserver>(Metrics)
            .AddSingleton<IVaultObserver>(Metrics)
            .AddSingleton<ILedgerObserver>(Metrics);

        static ControllerMetrics Metrics(IServiceProvider provider) => provider.GetRequiredService<ControllerMetrics>();
    }

    /// <summary>Counts this node's shards and the cluster's members.</summary>
    public static AkkaConfigurationBuilder WithClusterMetrics(this AkkaConfigurationBuilder akka) => akka
        .WithActors((system, _, resolver) => system.ActorOf(resolver.Props<MembershipMetricsActor>(), "membership-metrics"))
        .WithActors((system, registry, resolver) => system.ActorOf(resolver.Props<ShardMetricsActor>(registry.Get<PodActor>()), "shard-metrics"));

    /// <summary>Has Kestrel listen on the metrics port, and the port's certificate and client CAs renewed.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="services">The host's services.</param>
    /// <param name="settings">The port's settings.</param>
    /// <param name="service">The name of the controller's Service: the certificate's common name.</param>
    public static void ListenForMetrics(this IWebHostBuilder kestrel, IServiceCollection services, MetricsSettings settings, string service)
    {
        var certificate = settings.Certificate is null ? null : new ServerCertificate();
        var clientCas = settings.ClientCa is null ? null : new CaBundle();
        kestrel.UseKestrelHttpsConfiguration().ConfigureKestrel(options => options.Listen(settings.Address, listen =>
        {
            if (certificate is not null) listen.UseHttps(MetricsTls.Options(certificate, clientCas));
        }));
        if (settings.Certificate is { } source)
        {
            services.AddSingleton<IWatchedCertificate>(new MetricsCertificate(certificate!));
            services.AddRenewedCertificate(CertificateName, source, () => new CertificateNames(service, [Dns.GetHostName()], [.. Addresses(settings.Address.Address)]), certificate!);
        }

        if (settings.ClientCa is { } cas) services.AddRenewedCas(ClientCaName, cas, clientCas!);
    }

    /// <summary>The addresses at which scrapers reach the port: the one that it listens on, or all of this pod's.</summary>
    private static IEnumerable<string> Addresses(IPAddress listening) => listening.Equals(IPAddress.Any) || listening.Equals(IPAddress.IPv6Any)
        ? NetworkInterface.GetAllNetworkInterfaces()
            .Where(nic => nic.OperationalStatus == OperationalStatus.Up && nic.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(nic => nic.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => address.AddressFamily == AddressFamily.InterNetwork || !address.IsIPv6LinkLocal)
            .Select(address => address.ToString())
        : [listening.ToString()];
}
