using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.DependencyInjection;
using Akka.Discovery;
using Akka.Hosting;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Endpoints;
using AkkaVault.Shared.Http;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Discovery;

internal static class KubernetesDiscoveryExtensions
{
    /// <summary>Finds the other controllers behind the Service.</summary>
    public static AkkaConfigurationBuilder WithKubernetesDiscovery(this AkkaConfigurationBuilder akka, KubernetesSettings kubernetes) =>
        akka.AddHocon(KubernetesDiscovery.Hocon(kubernetes.ServiceNamespace), HoconAddMode.Prepend);
}

/// <summary>
/// Akka.Discovery over the Kubernetes API: the controllers behind a headless service, ready and not ready. Configured under
/// <c>akka.discovery.kubernetes-api</c>, where <c>pod-namespace</c> is the service's namespace.
/// </summary>
internal sealed class KubernetesDiscovery : ServiceDiscovery
{
    /// <summary>Its name in <c>akka.discovery</c>.</summary>
    public const string Method = "kubernetes-api";

    private readonly ServiceAddresses _addresses;
    private readonly IDiscoveryObserver _metrics;
    private readonly ILogger<KubernetesDiscovery> _log;
    private readonly AddressFamily _family;
    private volatile string? _problem;

    /// <summary>Made by Akka.Discovery.</summary>
    public KubernetesDiscovery(ExtendedActorSystem system)
    {
        var services = DependencyResolver.For(system).Resolver;
        _addresses = new ServiceAddresses(
            new ServiceEndpoints(services.GetService<ApiServer>()), system.Settings.Config.GetString($"akka.discovery.{Method}.pod-namespace"), Dns.GetHostAddressesAsync);
        (_metrics, _log) = (services.GetService<IDiscoveryObserver>(), services.GetService<ILogger<KubernetesDiscovery>>());
        // Of a pod with addresses of two families one counts: the one by which this node is a member.
        _family = IPAddress.Parse(Akka.Cluster.Cluster.Get(system).SelfAddress.Host.Trim('[', ']')).AddressFamily;
    }

    /// <summary>The configuration that makes it Akka.Discovery's method.</summary>
    /// <param name="ns">The service's namespace.</param>
    public static string Hocon(string ns) => $$"""
        akka.discovery {
          method = {{Method}}
          {{Method}} {
            class = "{{typeof(KubernetesDiscovery).FullName}}, {{typeof(KubernetesDiscovery).Assembly.GetName().Name}}"
            pod-namespace = "{{ns}}"
          }
        }
        """;

    /// <inheritdoc/>
    /// <exception cref="DiscoveryException">Nobody could be found.</exception>
    public override async Task<Resolved> Lookup(Lookup lookup, TimeSpan resolveTimeout)
    {
        var (found, problem) = await _addresses.FindAsync(lookup.ServiceName, lookup.PortName ?? "", resolveTimeout).ConfigureAwait(false);
        var why = problem is null ? null : Causes.Of(problem);
        if (why is null) _metrics.Discovered(found.Count);
        else if (why != _problem) _log.LookupFailed(why);
        _problem = why;
        if (why is not null && found.IsEmpty) throw new DiscoveryException(why, problem!);
        return new Resolved(
            lookup.ServiceName,
            found.Where(endpoint => endpoint.Ip.AddressFamily == _family).Select(endpoint => new ResolvedTarget(endpoint.Ip.ToString(), endpoint.Port, endpoint.Ip)));
    }
}

/// <summary>The other controllers could not be looked up.</summary>
/// <param name="message">Why, for people.</param>
/// <param name="cause">What failed.</param>
internal sealed class DiscoveryException(string message, Exception cause) : Exception(message, cause);
