using System.Collections.Immutable;
using AkkaVault.Controller.Kubernetes.Endpoints;
using AkkaVault.Shared;

namespace AkkaVault.Controller.Cluster.Standalone;

internal enum StandaloneCheckEffect
{
    Warn,
}

/// <summary>
/// Notices that a controller without a <c>cluster</c> section is not the only one behind its Service: several such controllers
/// know nothing of one another, and each of them serves every pod.
/// </summary>
/// <param name="Observations">How often in a row there was more than one address.</param>
/// <param name="IsReported">Whether it has warned, and the Service has had several addresses ever since.</param>
internal sealed record StandaloneCheck(int Observations, bool IsReported)
{
    /// <summary>One observation proves nothing: the second address of a rolling update is gone at the next.</summary>
    public const int MinObservations = 2;
    public static readonly StandaloneCheck None = new(0, false);

    /// <summary>How many controllers the addresses of a Service stand for. A pod with addresses of two families counts once.</summary>
    public static int Count(ImmutableHashSet<ServiceEndpoint> endpoints) =>
        endpoints.Select(endpoint => endpoint.Ip).Distinct().GroupBy(ip => ip.AddressFamily).Select(family => family.Count()).DefaultIfEmpty().Max();

    /// <param name="addresses">How many addresses the Service has; null: it could not be read.</param>
    public Transition<StandaloneCheck, StandaloneCheckEffect> Handle(int? addresses)
    {
        if (addresses is null) return new(this with { Observations = 0 }, []);
        if (addresses <= 1) return new(None, []);
        var isProven = Observations + 1 >= MinObservations;
        return new(new StandaloneCheck(Observations + 1, IsReported || isProven), isProven && !IsReported ? [StandaloneCheckEffect.Warn] : []);
    }
}
