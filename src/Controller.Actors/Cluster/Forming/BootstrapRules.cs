namespace AkkaVault.Controller.Cluster.Forming;

/// <summary>
/// When a cluster may be formed. The margin is longer than anything that was asked for may be old: whoever else could form one
/// meanwhile is seen before it is over.
/// </summary>
/// <param name="Replicas">How many controllers there are to be.</param>
/// <param name="RequiredContactPoints">How many must be reachable.</param>
public sealed record BootstrapRules(int Replicas, int RequiredContactPoints)
{
    /// <summary>Between the ends of two lookups.</summary>
    public TimeSpan DiscoveryInterval { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>How long a lookup may take.</summary>
    public TimeSpan DiscoveryTimeout { get; init; } = TimeSpan.FromMilliseconds(1200);

    /// <summary>How long after it was asked for a lookup counts.</summary>
    public TimeSpan DiscoveryFreshness { get; init; } = TimeSpan.FromMilliseconds(1800);

    /// <summary>Between the end of one probe of a contact point and the next.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a contact point may take to answer.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>How long after it was asked for an answer counts.</summary>
    public TimeSpan Freshness { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>How long nothing may have changed when all replicas are found and reachable.</summary>
    public TimeSpan StableMargin { get; init; } = Replicas == 1 ? TimeSpan.Zero : TimeSpan.FromSeconds(2);

    /// <summary>How long nothing may have changed when some are missing: one that is slow to start or to answer gets its time.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long the last look around before forming may take.</summary>
    public TimeSpan ConfirmTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long joining may take before it is looked around again.</summary>
    public TimeSpan JoinTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
