using System.Text.Json;
using Akka.Actor;
using Akka.DependencyInjection;
using Akka.Discovery;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Observability;
using AkkaVault.Shared.Http;

namespace AkkaVault.Controller.Cluster;

/// <summary>
/// Akka.Discovery over the Kubernetes API: the controllers behind a headless service, ready and not ready. Configured under
/// <c>akka.discovery.kubernetes-api</c>, where <c>pod-namespace</c> is the service's namespace.
/// </summary>
public sealed class KubernetesDiscovery : ServiceDiscovery
{
    /// <summary>Its name in <c>akka.discovery</c>.</summary>
    public const string Method = "kubernetes-api";

    private readonly string _namespace;
    private readonly ServiceEndpoints _endpoints;
    private readonly ControllerMetrics _metrics;

    /// <summary>Made by Akka.Discovery.</summary>
    public KubernetesDiscovery(ExtendedActorSystem system)
    {
        _namespace = system.Settings.Config.GetString($"akka.discovery.{Method}.pod-namespace");
        var services = DependencyResolver.For(system).Resolver;
        (_endpoints, _metrics) = (new ServiceEndpoints(services.GetService<ApiServer>()), services.GetService<ControllerMetrics>());
    }

    /// <summary>The configuration that makes it known.</summary>
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
    /// <exception cref="DiscoveryException">The API server could not be asked.</exception>
    public override async Task<Resolved> Lookup(Lookup lookup, TimeSpan resolveTimeout)
    {
        using var deadline = new CancellationTokenSource(resolveTimeout);
        try
        {
            var endpoints = await _endpoints.ReadAsync(_namespace, lookup.ServiceName, lookup.PortName ?? "", deadline.Token).ConfigureAwait(false);
            _metrics.Discovered(endpoints.Count);
            return new Resolved(lookup.ServiceName, endpoints.Select(endpoint => new ResolvedTarget(endpoint.Ip.ToString(), endpoint.Port, endpoint.Ip)));
        }
        catch (Exception e) when (e is ApiServerException or HttpRequestException or IOException or JsonException)
        {
            throw new DiscoveryException(Causes.Of(e), e);
        }
        catch (OperationCanceledException e)
        {
            throw new DiscoveryException($"no answer within {resolveTimeout.TotalMilliseconds:F0} ms", e);
        }
    }
}

/// <summary>The other controllers could not be looked up.</summary>
/// <param name="message">Why, for people.</param>
/// <param name="cause">What failed.</param>
public sealed class DiscoveryException(string message, Exception cause) : Exception(message, cause);
