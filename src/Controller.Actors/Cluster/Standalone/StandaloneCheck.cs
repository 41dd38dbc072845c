using System.Collections.Immutable;
using AkkaVault.Controller.Kubernetes.Endpoints;

namespace AkkaVault.Controller.Cluster.Standalone;

/// <summary>
/// Notices that a controller without a <c>cluster</c> section is not the only one behind its service, as a pure state machine:
/// several such controllers know nothing of one another, and each serves every pod.
/// </summary>
/// <param name="Observations">How often in a row there was more than one address.</param>
/// <param name="IsReported">Whether it was said, and not mended since.</param>
internal sealed record StandaloneCheck(int Observations, bool IsReported)
{
    /// <summary>Sightings in a row that tell: the second address of a rolling update is gone by then.</summary>
    public const int MinObservations = 2;

    /// <summary>None was seen.</summary>
    public static readonly StandaloneCheck None = new(0, false);

    /// <summary>How many controllers the addresses of a service stand for: of a pod with addresses of two families one counts.</summary>
    public static int Count(ImmutableHashSet<ServiceEndpoint> endpoints) =>
        endpoints.Select(endpoint => endpoint.Ip).Distinct().GroupBy(ip => ip.AddressFamily).Select(family => family.Count()).DefaultIfEmpty().Max();

    /// <summary>Takes in one look at the service.</summary>
    /// <param name="addresses">How many it showed; null: it could not be read.</param>
    /// <returns>And whether a person is to be told.</returns>
    public (StandaloneCheck Next, bool Tell) Handle(int? addresses)
    {
        // What was not seen is not seen in a row, and not mended either.
        if (addresses is not { } seen) return (this with { Observations = 0 }, false);
        if (seen <= 1) return (None, false);
        var tells = Observations + 1 >= MinObservations;
        return (new StandaloneCheck(Observations + 1, IsReported || tells), tells && !IsReported);
    }
}
