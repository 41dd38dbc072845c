using System.Net;

namespace AkkaVault.Sandbox.Vault;

/// <summary>A token in the store. The store's lock guards what changes: expiry, uses and revocation.</summary>
internal sealed class TokenEntry
{
    public required string Id { get; init; }

    /// <summary>The accessor; empty for batch tokens, which have none.</summary>
    public required string Accessor { get; init; }

    public required string Path { get; init; }

    public required IReadOnlyList<string> Policies { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The lifetime at creation; zero: without end.</summary>
    public required TimeSpan CreationTtl { get; init; }

    public string DisplayName { get; init; } = "token";

    public string Type { get; init; } = "service";

    public string? Role { get; init; }

    public string EntityId { get; init; } = "";

    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>The login that issued the token; null for tokens that another token created.</summary>
    public LoginOrigin? Login { get; init; }

    public TokenEntry? Parent { get; init; }

    public bool Orphan { get; init; }

    public bool Renewable { get; init; }

    /// <summary>The period that the token itself stores. If the token has a role, a renewal uses the smaller of both periods.</summary>
    public TimeSpan Period { get; init; }

    public TimeSpan ExplicitMaxTtl { get; init; }

    public IReadOnlyList<IPNetwork> BoundCidrs { get; init; } = [];

    /// <summary>How often the token may be used; 0: without limit.</summary>
    public int NumUses { get; init; }

    public int UsesLeft { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? LastRenewedAt { get; set; }

    public bool Revoked { get; set; }

    /// <summary>Whether the store dropped the token because it had expired, and not because it was revoked.</summary>
    public bool DroppedByExpiry { get; set; }

    public bool IsRoot => Policies is ["root"];

    /// <summary>Whether the token and all its ancestors are neither revoked nor expired. Vault revokes children together with their parent.</summary>
    public bool IsAlive(DateTimeOffset now) =>
        !Revoked && (ExpiresAt is null || now < ExpiresAt) && (Parent is null || Parent.IsAlive(now));

    /// <summary>Leaves the token out.</summary>
    public override string ToString() => $"TokenEntry {{ Accessor = {Accessor}, Path = {Path} }}";
}
