using System.Collections.Concurrent;
using System.Globalization;
using Akka.Cluster;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using AkkaVault.Controller.Watching;

namespace AkkaVault.Controller.Cluster.Bootstrap;

/// <summary>
/// Which nodes are and were members of this node's cluster, for who has to tell it from another. For any thread.
/// </summary>
/// <param name="leadership">Whether this node leads.</param>
internal sealed class LedgerClusterMembership(Leadership leadership) : ILedgerCluster
{
    private readonly ConcurrentDictionary<string, bool> _members = new(StringComparer.Ordinal);
    private volatile Action<string>? _giveWay;
    private volatile bool _mayForm;

    /// <inheritdoc/>
    public string Node { get; private set; } = "";

    /// <summary>This node may be about to form a cluster: others must not take it for one that does not.</summary>
    public bool MayForm { get => _mayForm; set => _mayForm = value; }

    /// <inheritdoc/>
    public bool Leads => leadership.IsHeld;

    /// <summary>As the ledger names a node: its address, and which of those that were there.</summary>
    public static string NameOf(UniqueAddress node) => string.Create(CultureInfo.InvariantCulture, $"{node.Address}#{node.Uid}");

    /// <summary>The actor system is there.</summary>
    /// <param name="self">This node.</param>
    /// <param name="giveWay">Is told that another cluster holds the ledger, and by whom.</param>
    public void Begin(UniqueAddress self, Action<string> giveWay) => (Node, _giveWay) = (NameOf(self), giveWay);

    /// <summary>A node is a member.</summary>
    public void Joined(UniqueAddress node) => _members[NameOf(node)] = true;

    /// <summary>A node is a member no more.</summary>
    public void Removed(UniqueAddress node) => _members[NameOf(node)] = false;

    /// <inheritdoc/>
    public HolderRelation RelationOf(string node) => node == Node ? HolderRelation.Member
        : !_members.TryGetValue(node, out var member) ? HolderRelation.OtherCluster
        : member ? HolderRelation.Member : HolderRelation.FormerMember;

    /// <inheritdoc/>
    public void YieldTo(string node) => _giveWay?.Invoke(node);
}
