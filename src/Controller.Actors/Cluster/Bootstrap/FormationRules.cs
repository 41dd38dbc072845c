using AkkaVault.Controller.Ledger.Storage.ConfigMap;

namespace AkkaVault.Controller.Cluster.Bootstrap;

/// <summary>When a cluster may be formed. None of these times makes it safe: the ledger does, which only one can claim.</summary>
/// <param name="Replicas">How many controllers there are to be.</param>
/// <param name="RequiredContactPoints">How many must answer.</param>
internal sealed record FormationRules(int Replicas, int RequiredContactPoints)
{
    /// <summary>How long nothing may have changed when all replicas are found and answer.</summary>
    public TimeSpan StableMargin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing may have changed when some are missing: one that is slow to start or to answer gets its time.</summary>
    public TimeSpan MissingReplicaTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two looks at the ledger.</summary>
    public TimeSpan LedgerInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after the last answer a look at the ledger still goes on with what was seen before.</summary>
    public TimeSpan LedgerFreshness { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A ledger that has not changed for so long, while this node watched, is of a cluster that is no more.</summary>
    public TimeSpan Silence { get; init; } = LedgerWriter.Silence;

    /// <summary>An answer that is seen so long after something was asked for after it.</summary>
    public TimeSpan AnswerAge { get; init; } = TimeSpan.FromMilliseconds(2500);

    /// <summary>How long after it was sent a claim of the ledger may be followed by the forming of a cluster. The others wait for <see cref="Silence"/>.</summary>
    public TimeSpan ClaimIsGood { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long joining may take before it is looked around again.</summary>
    public TimeSpan JoinTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
