using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.DependencyInjection;
using Akka.Discovery;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Endpoints;
using AkkaVault.Shared.Http;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Cluster.Discovery;

/// <summary>
/// Akka.Discovery over the Kubernetes API: the controllers behind a headless Service, ready and not ready. Configured under
/// <c>akka.discovery.kubernetes-api</c>, where <c>pod-namespace</c> is the Service's namespace.
/// </summary>
internal sealed class KubernetesDiscovery : ServiceDiscovery
{
    public const string Method = "kubernetes-api";

    private readonly ServiceAddresses _addresses;
    private readonly IDiscoveryObserver _metrics;
    private readonly ILogger<KubernetesDiscovery> _log;
    private readonly AddressFamily _family;
    private volatile string? _problem;

    /// <summary>Called by Akka.Discovery, by reflection.</summary>
    public KubernetesDiscovery(ExtendedActorSystem system)
    {
        var services = DependencyResolver.For(system).Resolver;
        _addresses = new ServiceAddresses(
            new ServiceEndpoints(services.GetService<ApiServer>()), system.Settings.Config.GetString($"akka.discovery.{Method}.pod-namespace"), Dns.GetHostAddressesAsync);
        (_metrics, _log) = (services.GetService<IDiscoveryObserver>(), services.GetService<ILogger<KubernetesDiscovery>>());
        // Of a pod with addresses of two families, the one of this member's own family counts.
        _family = IPAddress.Parse(Akka.Cluster.Cluster.Get(system).SelfAddress.Host.Trim('[', ']')).AddressFamily;
    }

    public static string Hocon(string ns) => $$"""
        akka.discovery {
          method = {{Method}}
          {{Method}} {
            class = "{{typeof(KubernetesDiscovery).FullName}}, {{typeof(KubernetesDiscovery).Assembly.GetName().Name}}"
            pod-namespace = "{{ns}}"
          }
        }
        """;

    /// <exception cref="DiscoveryException">No address could be read.</exception>
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
internal sealed class DiscoveryException(string message, Exception cause) : Exception(message, cause);
