using System.Net;
using Akka.Hosting;
using Akka.Remote.Hosting;
using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Configuration;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Tls;

/// <summary>Akka.Remote between the controllers, with TLS where the configuration has it.</summary>
internal static class RemotingTlsExtensions
{
    /// <summary>Adds this controller's certificate, with <paramref name="service"/> as its common name, the CA bundle for the others, and their renewal.</summary>
    public static IServiceCollection AddRemotingTls(this IServiceCollection services, ClusterTls settings, IPAddress address, string service)
    {
        var (certificate, cas) = (new ServerCertificate(), new CaBundle());
        services.AddRenewedCertificate(
            "The certificate for the other controllers", settings.Certificate, () => new CertificateNames(service, [Dns.GetHostName()], [address.ToString()]), certificate);
        services.AddRenewedCas("The CA bundle for the other controllers", settings.Ca, cas);
        return services
            .AddSingleton(provider => new RemotingTls(certificate, cas, provider.GetRequiredService<ILogger<PeerVerifier>>()))
            .AddSingleton<RenewalsBeforeRemoting>();
    }

    /// <summary>Adds remoting; with TLS, the controller restarts when remoting needs a newer certificate.</summary>
    public static AkkaConfigurationBuilder WithRemoting(this AkkaConfigurationBuilder akka, ClusterSettings? cluster, IServiceProvider provider)
    {
        // A controller that is alone listens on the loopback interface only.
        var address = cluster?.Address ?? new IPEndPoint(IPAddress.Loopback, 0);
        akka.WithRemoting(options =>
        {
            (options.HostName, options.Port) = (address.Address.ToString(), address.Port);
            provider.GetService<RemotingTls>()?.Apply(options);
        });
        return cluster is { Tls: not null, Replicas: var replicas }
            ? akka.WithActors((system, _, resolver) => system.ActorOf(resolver.Props<RemotingRotationActor>(replicas), "remoting-rotation"))
            : akka;
    }
}
