namespace AkkaVault.Controller.Vault.Renewal;

/// <summary>The token in use.</summary>
/// <param name="Token">The token.</param>
/// <param name="First">The life it was given first.</param>
/// <param name="Ttl">The life it was given last.</param>
/// <param name="Expires">When it is dead unless renewed, by this node's clock.</param>
/// <param name="Renewable">Whether it can be renewed.</param>
internal sealed record TokenInUse(VaultTokenValue Token, TimeSpan First, TimeSpan Ttl, DateTimeOffset Expires, bool Renewable)
{
    /// <summary>Whether renewals come to their end: near a max TTL each gives less than the one before.</summary>
    public bool NearsItsEnd => !Renewable || Ttl < First / 2;

    /// <summary>Whether it is dead.</summary>
    public bool IsExpired(DateTimeOffset now) => now >= Expires;

    /// <summary>How long to wait before it is renewed: between 40 and 50 percent of what is left, so that many controllers do not renew at one moment.</summary>
    public TimeSpan PauseBeforeRenewal(DateTimeOffset now, double jitter) => (Expires - now) * (0.4 + (0.1 * jitter));

    /// <summary>Its life for metrics. Shorter and shorter renewals lead to the end of a token that was given; after a login, to another login.</summary>
    public TokenLife LifeFor(TokenOrigin origin) => new(origin == TokenOrigin.Login ? Ttl : First, Expires);
}
