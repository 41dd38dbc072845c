using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Configuration;
using AkkaVault.Shared.Vault;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace AkkaVault.Controller.Hosting.Metrics;

/// <summary>The metrics port, for the host.</summary>
public static class MetricsServices
{
    private const string CertificateName = "The certificate of the metrics port";
    private const string ClientCaName = "The CA bundle for scrapers";

    /// <summary>Makes Kestrel listen, with what TLS needs kept fresh.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="services">Where what is kept fresh is added.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="service">The name of the controller's service: the certificate's common name.</param>
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

    /// <summary>The addresses that scrapers come to: the one that is listened on, or all of this pod's.</summary>
    private static IEnumerable<string> Addresses(IPAddress listening) => listening.Equals(IPAddress.Any) || listening.Equals(IPAddress.IPv6Any)
        ? NetworkInterface.GetAllNetworkInterfaces()
            .Where(nic => nic.OperationalStatus == OperationalStatus.Up && nic.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(nic => nic.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => address.AddressFamily == AddressFamily.InterNetwork || !address.IsIPv6LinkLocal)
            .Select(address => address.ToString())
        : [listening.ToString()];
}
