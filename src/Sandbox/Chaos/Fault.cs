namespace AkkaVault.Sandbox.Chaos;

/// <summary>A fault that was injected into an installation.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Controller">The victim; null: no controller.</param>
/// <param name="Leader">Whether the victim was the leader.</param>
/// <param name="At">When the fault began.</param>
/// <param name="Whole">When the fault was over and all controllers were in one cluster again; null: never.</param>
public sealed record Fault(FaultKind Kind, int? Controller, bool Leader, DateTimeOffset At, DateTimeOffset? Whole)
{
    /// <summary>The fault as text.</summary>
    public override string ToString() => Kind switch
    {
        FaultKind.ApiServerAway => "API server away",
        FaultKind.VaultAway => "Vault away",
        var kind => $"{(Leader ? "leader" : "another")} {kind.ToString().ToLowerInvariant()}",
    };
}
