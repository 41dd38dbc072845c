using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Ledger;

/// <summary>A run that has its secret, and for which there is nothing to do now. It is remembered so that it gets no second one unasked.</summary>
/// <param name="Key">The run.</param>
/// <param name="NextDeliveryAt">When it wants a redelivery; null: it wants none.</param>
/// <param name="Target">Where it is; null: the watch has not told this leader yet. Not stored.</param>
/// <param name="SeenAt">When the run was first seen, or when its last redelivery was due. It is not stored: <c>default</c>, the earliest time, if it is not known.</param>
internal sealed record ServedRun(RunKey Key, DateTimeOffset? NextDeliveryAt, DeliveryTarget? Target, DateTimeOffset SeenAt)
{
    /// <summary>The run's name.</summary>
    public RunId Run => Target?.Run ?? Key.ToRunId();

    /// <summary>What is left of an entry that has no work.</summary>
    public static ServedRun Of(LedgerEntry entry) =>
        new(RunKey.Of(entry.Target.Run), entry.NextDeliveryAt, entry.Target.IsKnown ? entry.Target : null, entry.SeenAt);

    /// <summary>The entry again.</summary>
    /// <param name="run">The run's name.</param>
    public LedgerEntry ToEntry(RunId run) => new(Target ?? DeliveryTarget.Unknown(run), RunStatus.Delivered, SeenAt, [], NextDeliveryAt);
}
