using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Discovery;

namespace AkkaVault.Actors.Tests.Cluster.Bootstrap;

/// <summary>What the nodes of a test find when they look up one another.</summary>
internal sealed class Neighbourhood
{
    private ImmutableDictionary<string, ImmutableList<IPEndPoint>?> _seenBy = ImmutableDictionary<string, ImmutableList<IPEndPoint>?>.Empty;

    /// <summary>Sets what a node finds from now on; null: the lookup fails.</summary>
    public void Show(IPAddress node, ImmutableList<IPEndPoint>? others) => _seenBy = _seenBy.SetItem($"{node}", others);

    public ImmutableList<IPEndPoint>? SeenBy(string node) => _seenBy.GetValueOrDefault(node, []);
}

internal sealed class NeighbourhoodSetup(Neighbourhood all) : Setup
{
    public Neighbourhood All { get; } = all;
}

/// <summary>Returns what the node is to find.</summary>
public sealed class NeighbourhoodDiscovery(ExtendedActorSystem system) : ServiceDiscovery
{
    public static string Hocon => $$"""
        akka.discovery {
          method = neighbourhood
          neighbourhood.class = "{{typeof(NeighbourhoodDiscovery).AssemblyQualifiedName}}"
        }
        """;

    public override Task<Resolved> Lookup(Lookup lookup, TimeSpan resolveTimeout)
    {
        var all = system.Settings.Setup.Get<NeighbourhoodSetup>().Value.All;
        var found = all.SeenBy(Akka.Cluster.Cluster.Get(system).SelfAddress.Host) ?? throw new InvalidOperationException("nobody can be asked");
        return Task.FromResult(new Resolved(lookup.ServiceName, found.Select(point => new ResolvedTarget($"{point.Address}", point.Port, point.Address))));
    }
}
