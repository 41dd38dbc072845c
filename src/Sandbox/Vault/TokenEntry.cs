using System.Net;

namespace AkkaVault.Sandbox.Vault;

/// <summary>A token as the store keeps it. What changes (expiry, uses, revocation) changes under the store's lock.</summary>
internal sealed class TokenEntry
{
    public required string Id { get; init; }

    /// <summary>Empty for batch tokens, which have none.</summary>
    public required string Accessor { get; init; }

    public required string Path { get; init; }

    public required IReadOnlyList<string> Policies { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Lifetime at creation; zero: for ever.</summary>
    public required TimeSpan CreationTtl { get; init; }

    public string DisplayName { get; init; } = "token";

    public string Type { get; init; } = "service";

    public string? Role { get; init; }

    public string EntityId { get; init; } = "";

    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>The login that gave it; null for tokens created by tokens.</summary>
    public LoginOrigin? Login { get; init; }

    public TokenEntry? Parent { get; init; }

    public bool Orphan { get; init; }

    public bool Renewable { get; init; }

    /// <summary>The period as the token itself carries it; a token of a role takes its role's at renewal instead.</summary>
    public TimeSpan Period { get; init; }

    public TimeSpan ExplicitMaxTtl { get; init; }

    public IReadOnlyList<IPNetwork> BoundCidrs { get; init; } = [];

    /// <summary>How often it may be used; 0: without limit.</summary>
    public int NumUses { get; init; }

    public int UsesLeft { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? LastRenewedAt { get; set; }

    public bool Revoked { get; set; }

    /// <summary>The store let go of it because its time was over, not because someone revoked it.</summary>
    public bool DroppedByExpiry { get; set; }

    public bool IsRoot => Policies is ["root"];

    /// <summary>Neither revoked nor expired, and neither is any ancestor: Vault revokes children with their parent.</summary>
    public bool IsAlive(DateTimeOffset now) =>
        !Revoked && (ExpiresAt is null || now < ExpiresAt) && (Parent is null || Parent.IsAlive(now));

    /// <summary>Without the token.</summary>
    public override string ToString() => $"TokenEntry {{ Accessor = {Accessor}, Path = {Path} }}";
}
