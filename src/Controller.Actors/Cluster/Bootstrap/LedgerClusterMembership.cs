using System.Collections.Concurrent;
using System.Globalization;
using Akka.Cluster;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using AkkaVault.Controller.Watching;

namespace AkkaVault.Controller.Cluster.Bootstrap;

/// <summary>Which nodes are and were members of this node's cluster: the ledger's owner may be of another cluster. Thread-safe.</summary>
internal sealed class LedgerClusterMembership(Leadership leadership) : ILedgerCluster
{
    private readonly ConcurrentDictionary<string, bool> _members = new(StringComparer.Ordinal);
    private volatile Action<string>? _yieldTo;
    private volatile bool _mayForm;

    public string Node { get; private set; } = "";

    /// <summary>Whether this node may be about to form a cluster: then it does not answer others that it is in none.</summary>
    public bool MayForm { get => _mayForm; set => _mayForm = value; }

    public bool Leads => leadership.IsHeld;

    /// <summary>A node's name in the ledger: its address, and the incarnation at that address.</summary>
    public static string NameOf(UniqueAddress node) => string.Create(CultureInfo.InvariantCulture, $"{node.Address}#{node.Uid}");

    /// <summary>Has <paramref name="yieldTo"/> called with the owner when another cluster owns the ledger.</summary>
    public void Begin(UniqueAddress self, Action<string> yieldTo) => (Node, _yieldTo) = (NameOf(self), yieldTo);

    public void Joined(UniqueAddress node) => _members[NameOf(node)] = true;

    public void Removed(UniqueAddress node) => _members[NameOf(node)] = false;

    public OwnerRelation RelationOf(string node) => node == Node ? OwnerRelation.Member
        : !_members.TryGetValue(node, out var member) ? OwnerRelation.OtherCluster
        : member ? OwnerRelation.Member : OwnerRelation.FormerMember;

    public void YieldTo(string node) => _yieldTo?.Invoke(node);
}
