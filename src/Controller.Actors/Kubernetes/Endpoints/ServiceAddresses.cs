using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace AkkaVault.Controller.Kubernetes.Endpoints;

/// <summary>Looks a name up in the DNS.</summary>
internal delegate Task<IPAddress[]> DnsLookup(string name, CancellationToken cancellation);

/// <summary>The addresses that were found.</summary>
/// <param name="Endpoints">It; as it is known elsewhere, if there is a problem.</param>
/// <param name="Problem">Why the API server gave none; null: it did.</param>
internal sealed record FoundAddresses(ImmutableHashSet<ServiceEndpoint> Endpoints, Exception? Problem);

/// <summary>
/// The addresses behind a headless service. While the API server does not answer, its last answer counts, and that of the cluster's DNS, which
/// answers from its cache then.
/// </summary>
/// <param name="endpoints">Asks the API server.</param>
/// <param name="ns">The service's namespace.</param>
/// <param name="dns">The DNS.</param>
internal sealed class ServiceAddresses(ServiceEndpoints endpoints, string ns, DnsLookup dns)
{
    private static readonly TimeSpan DnsTimeout = TimeSpan.FromSeconds(1);

    private volatile ImmutableHashSet<ServiceEndpoint> _last = [];

    /// <summary>Finds them.</summary>
    /// <param name="service">The service.</param>
    /// <param name="portName">The port whose number is wanted.</param>
    /// <param name="timeout">The timeout of the API server's answer.</param>
    public async Task<FoundAddresses> FindAsync(string service, string portName, TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            _last = await endpoints.ReadAsync(ns, service, portName, deadline.Token).ConfigureAwait(false);
            return new FoundAddresses(_last, null);
        }
        catch (OperationCanceledException e)
        {
            return await ElsewhereAsync(service, new TimeoutException($"no answer within {timeout.TotalMilliseconds:F0} ms", e)).ConfigureAwait(false);
        }
        // Any exception, such as for a service account's token that cannot be read: the request is tried again.
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return await ElsewhereAsync(service, e).ConfigureAwait(false);
        }
    }

    private async Task<FoundAddresses> ElsewhereAsync(string service, Exception problem)
    {
        using var deadline = new CancellationTokenSource(DnsTimeout);
        try
        {
            var found = await dns($"{service}.{ns}", deadline.Token).ConfigureAwait(false);
            return new FoundAddresses(_last.Union(found.Where(ip => _last.All(known => !known.Ip.Equals(ip))).Select(ip => new ServiceEndpoint(ip, null))), problem);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return new FoundAddresses(_last, problem);
        }
    }
}
