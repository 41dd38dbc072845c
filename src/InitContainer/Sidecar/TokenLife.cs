namespace AkkaVault.InitContainer.Sidecar;

/// <summary>How long a token can live.</summary>
/// <param name="Ends">When it is dead however often it is renewed, by a monotonic clock; null: never, or it is not known.</param>
/// <param name="WhyNotRenewable">Why it cannot be renewed; null: it can.</param>
internal sealed record TokenLife(TimeSpan? Ends, string? WhyNotRenewable)
{
    /// <summary>No end is known: the token is renewed as long as Vault renews it.</summary>
    public static readonly TokenLife NoEndKnown = new(null, null);

    /// <summary>Whether the look-up was the token's last use.</summary>
    public bool IsUsedUp { get; init; }
}
