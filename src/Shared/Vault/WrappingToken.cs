namespace AkkaVault.Shared.Vault;

/// <summary>A response-wrapping token, as Vault's <c>wrap_info</c> describes it. Never sent between nodes, never stored.</summary>
/// <param name="Token">The token. A secret.</param>
/// <param name="Accessor">Its accessor: enough to revoke it, not to use it.</param>
/// <param name="Ttl">Its lifetime from <paramref name="CreationTime"/>.</param>
/// <param name="CreationTime">Vault's clock at creation.</param>
/// <param name="CreationPath">The path that was wrapped, for example <c>auth/approle/role/R/secret-id</c>.</param>
public sealed record WrappingToken(string Token, string Accessor, TimeSpan Ttl, DateTimeOffset CreationTime, string CreationPath)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => $"WrappingToken {{ Accessor = {Accessor}, Ttl = {Ttl}, CreationPath = {CreationPath} }}";
}

/// <summary>What <c>sys/wrapping/lookup</c> says of a wrapping token.</summary>
/// <param name="CreationPath">The path that was wrapped.</param>
/// <param name="CreationTime">Vault's clock at creation.</param>
/// <param name="CreationTtl">Its lifetime.</param>
public sealed record WrappingLookup(string CreationPath, DateTimeOffset CreationTime, TimeSpan CreationTtl);

/// <summary>An unwrapped secret_id.</summary>
/// <param name="Value">The secret_id. A secret.</param>
/// <param name="Accessor">Its accessor.</param>
public sealed record SecretId(string Value, string Accessor)
{
    /// <summary>Without the secret_id.</summary>
    public override string ToString() => $"SecretId {{ Accessor = {Accessor} }}";
}

/// <summary>A token as login and renewal return it (<c>auth</c> in Vault's answers).</summary>
/// <param name="ClientToken">The token. A secret.</param>
/// <param name="Accessor">Its accessor.</param>
/// <param name="LeaseDuration">Its lifetime from now.</param>
/// <param name="Renewable">Whether it can be renewed.</param>
/// <param name="Policies">The policies it holds.</param>
public sealed record VaultAuth(string ClientToken, string Accessor, TimeSpan LeaseDuration, bool Renewable, IReadOnlyList<string> Policies)
{
    /// <summary>Whether it is a batch token: it has no accessor, and cannot be revoked.</summary>
    public bool IsBatch { get; init; }

    /// <summary>How often it may be used; zero: without limit, or an old Vault, which does not say.</summary>
    public int NumUses { get; init; }

    /// <summary>Without the token.</summary>
    public override string ToString() => $"VaultAuth {{ Accessor = {Accessor}, LeaseDuration = {LeaseDuration}, Renewable = {Renewable} }}";
}

/// <summary>What <c>auth/token/lookup-self</c> says of a token.</summary>
/// <param name="Accessor">Its accessor; empty for batch tokens.</param>
/// <param name="CreationTtl">The lifetime it was created with; zero: forever.</param>
/// <param name="Ttl">What is left; zero: forever.</param>
/// <param name="Renewable">Whether it can be renewed.</param>
/// <param name="Role">The token role it was created with, if one.</param>
/// <param name="Policies">The policies it holds.</param>
/// <param name="Type"><c>service</c> or <c>batch</c>.</param>
/// <param name="Path">The path that created it.</param>
public sealed record TokenLookup(
    string Accessor, TimeSpan CreationTtl, TimeSpan Ttl, bool Renewable, string? Role, IReadOnlyList<string> Policies, string Type, string Path)
{
    /// <summary>How often it may still be used; zero: without limit. Negative: this was the last use.</summary>
    public int NumUses { get; init; }

    /// <summary>The hard end of this token, counted from its creation; zero: none of its own.</summary>
    public TimeSpan ExplicitMaxTtl { get; init; }

    /// <summary>Its period, which each renewal gives anew; zero: not periodic, or its token role has the period.</summary>
    public TimeSpan Period { get; init; }

    /// <summary>Whether it outlives the token that created it.</summary>
    public bool IsOrphan { get; init; }
}

/// <summary>What <c>auth/token/roles/R</c> says of a token role.</summary>
/// <param name="Name">The role's name.</param>
/// <param name="Renewable">Whether its tokens can be renewed.</param>
/// <param name="Period">The period of its tokens; zero: not periodic.</param>
/// <param name="ExplicitMaxTtl">The hard end of its tokens; zero: none.</param>
public sealed record TokenRole(string Name, bool Renewable, TimeSpan Period, TimeSpan ExplicitMaxTtl)
{
    /// <summary>How often its tokens may be used; zero: without limit.</summary>
    public int NumUses { get; init; }
}
