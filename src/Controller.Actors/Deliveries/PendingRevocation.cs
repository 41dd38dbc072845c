namespace AkkaVault.Controller.Deliveries;

/// <summary>A wrapping token that was issued and that nobody is known to have used: by accessor, which can only revoke it.</summary>
/// <param name="Accessor">The wrapping token's accessor.</param>
/// <param name="Expires">When it expires.</param>
internal sealed record PendingRevocation(string Accessor, DateTimeOffset Expires);
