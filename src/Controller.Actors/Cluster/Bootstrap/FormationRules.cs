using AkkaVault.Controller.Ledger.Storage.ConfigMap;

namespace AkkaVault.Controller.Cluster.Bootstrap;

/// <summary>When a cluster may be formed. Safety does not depend on these times: only one controller can claim the ledger.</summary>
internal sealed record FormationRules(int Replicas, int RequiredContactPoints)
{
    /// <summary>How long the contact points must not have changed where all replicas answer.</summary>
    public TimeSpan StableMargin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the contact points must not have changed where replicas are missing: they may be slow to start or to answer.</summary>
    public TimeSpan MissingReplicaTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two reads of the ledger.</summary>
    public TimeSpan LedgerInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a read of the ledger stays valid.</summary>
    public TimeSpan LedgerFreshness { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The cluster of a ledger that does not change for so long, while this node watches it, is no longer alive.</summary>
    public TimeSpan Silence { get; init; } = LedgerWriter.Silence;

    /// <summary>An answer that a contact point gives so long after an event was requested after that event.</summary>
    public TimeSpan AnswerAge { get; init; } = TimeSpan.FromMilliseconds(2500);

    /// <summary>How long after it was sent a claim still allows the forming of a cluster: less than <see cref="Silence"/>, for which the others wait.</summary>
    public TimeSpan ClaimIsGood { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long a join may take before the bootstrap starts again.</summary>
    public TimeSpan JoinTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
