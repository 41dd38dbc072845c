namespace AkkaVault.Sandbox.Chaos;

/// <summary>How an installation is disturbed, and for how long.</summary>
/// <param name="Duration">How long pods arrive.</param>
/// <param name="Rate">Pods a second.</param>
/// <param name="Seed">Decides which faults come, and to whom.</param>
public sealed record ChaosPlan(TimeSpan Duration, double Rate, int Seed)
{
    /// <summary>From one fault to the next; later when the cluster is not whole again by then.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What may happen; empty: nothing does; null: whatever can happen to the controllers there.</summary>
    public IReadOnlyList<FaultKind>? Kinds { get; init; }

    /// <summary>How long the API server or Vault is away.</summary>
    public TimeSpan Away { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the last pods may take once no more arrive.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What can happen to controllers.</summary>
    public static IReadOnlyList<FaultKind> To(ControllerGroup controllers) =>
        [FaultKind.Killed, FaultKind.Stopped, FaultKind.Hung, FaultKind.Moved, .. controllers.CanBeCut ? [FaultKind.Partitioned] : Array.Empty<FaultKind>()];
}
