namespace AkkaVault.Sandbox.Chaos;

/// <summary>Which faults are injected into an installation, and for how long.</summary>
/// <param name="Duration">How long pods arrive.</param>
/// <param name="Rate">Pods a second.</param>
/// <param name="Seed">The seed of the random choice of faults and victims.</param>
public sealed record ChaosPlan(TimeSpan Duration, double Rate, int Seed)
{
    /// <summary>The time from one fault to the next. The next fault comes later if the cluster is not whole again by then.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The kinds of faults; empty: no faults; null: all kinds that are possible with these controllers.</summary>
    public IReadOnlyList<FaultKind>? Kinds { get; init; }

    /// <summary>How long the API server or Vault does not listen.</summary>
    public TimeSpan Away { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many sidecars run beside the pods.</summary>
    public int Sidecars { get; init; }

    /// <summary>How long the last pods may take after the arrivals have ended.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The kinds of faults that are possible with these controllers.</summary>
    public static IReadOnlyList<FaultKind> To(ControllerGroup controllers) =>
        [FaultKind.Killed, FaultKind.Stopped, FaultKind.Hung, FaultKind.Moved, .. controllers.CanBeCut ? [FaultKind.Partitioned] : Array.Empty<FaultKind>()];
}
