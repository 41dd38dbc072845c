namespace AkkaVault.Sandbox.Chaos;

/// <summary>Something that was done to an installation.</summary>
/// <param name="Kind">What.</param>
/// <param name="Controller">To which controller; null: to none.</param>
/// <param name="Leader">Whether that one led.</param>
/// <param name="At">When.</param>
/// <param name="Whole">When it was undone and all controllers were one cluster again; null: never.</param>
public sealed record Fault(FaultKind Kind, int? Controller, bool Leader, DateTimeOffset At, DateTimeOffset? Whole)
{
    /// <summary>For people.</summary>
    public override string ToString() => Kind switch
    {
        FaultKind.ApiServerAway => "API server away",
        FaultKind.VaultAway => "Vault away",
        var kind => $"{(Leader ? "leader" : "another")} {kind.ToString().ToLowerInvariant()}",
    };
}
