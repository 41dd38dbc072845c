namespace AkkaVault.Shared.Vault;

/// <summary>A response-wrapping token, from the <c>wrap_info</c> of Vault's answer. It is never sent to another controller and never stored.</summary>
/// <param name="Token">The token. A secret.</param>
/// <param name="Accessor">The token's accessor. It can revoke the token, but not use it.</param>
/// <param name="Ttl">The token's lifetime from <paramref name="CreationTime"/>.</param>
/// <param name="CreationTime">The time of creation, by Vault's clock.</param>
/// <param name="CreationPath">The path that was wrapped, for example <c>auth/approle/role/R/secret-id</c>.</param>
public sealed record WrappingToken(string Token, string Accessor, TimeSpan Ttl, DateTimeOffset CreationTime, string CreationPath)
{
    /// <summary>A text without the token.</summary>
    public override string ToString() => $"WrappingToken {{ Accessor = {Accessor}, Ttl = {Ttl}, CreationPath = {CreationPath} }}";
}

/// <summary>The answer of <c>sys/wrapping/lookup</c>.</summary>
/// <param name="CreationPath">The path that was wrapped.</param>
/// <param name="CreationTime">The time of creation, by Vault's clock.</param>
/// <param name="CreationTtl">The lifetime of the wrapping token.</param>
public sealed record WrappingLookup(string CreationPath, DateTimeOffset CreationTime, TimeSpan CreationTtl);

/// <summary>An unwrapped secret_id.</summary>
/// <param name="Value">The secret_id. A secret.</param>
/// <param name="Accessor">The secret_id's accessor.</param>
public sealed record SecretId(string Value, string Accessor)
{
    /// <summary>A text without the secret_id.</summary>
    public override string ToString() => $"SecretId {{ Accessor = {Accessor} }}";
}

/// <summary>A token from a login or a renewal (<c>auth</c> in Vault's answers).</summary>
/// <param name="ClientToken">The token. A secret.</param>
/// <param name="Accessor">The token's accessor.</param>
/// <param name="LeaseDuration">The token's lifetime from now.</param>
/// <param name="Renewable">Whether the token can be renewed.</param>
/// <param name="Policies">The token's policies.</param>
public sealed record VaultAuth(string ClientToken, string Accessor, TimeSpan LeaseDuration, bool Renewable, IReadOnlyList<string> Policies)
{
    /// <summary>Whether this is a batch token. A batch token has no accessor and cannot be revoked.</summary>
    public bool IsBatch { get; init; }

    /// <summary>How often the token may be used. Zero: there is no limit, or Vault is too old to say.</summary>
    public int NumUses { get; init; }

    /// <summary>A text without the token.</summary>
    public override string ToString() => $"VaultAuth {{ Accessor = {Accessor}, LeaseDuration = {LeaseDuration}, Renewable = {Renewable} }}";
}

/// <summary>The answer of <c>auth/token/lookup-self</c>.</summary>
/// <param name="Accessor">The token's accessor; empty for a batch token.</param>
/// <param name="CreationTtl">The lifetime at creation; zero: forever.</param>
/// <param name="Ttl">The time left; zero: forever.</param>
/// <param name="Renewable">Whether the token can be renewed.</param>
/// <param name="Role">The token role that created the token, if there was one.</param>
/// <param name="Policies">The token's policies.</param>
/// <param name="Type"><c>service</c> or <c>batch</c>.</param>
/// <param name="Path">The path that created the token.</param>
public sealed record TokenLookup(
    string Accessor, TimeSpan CreationTtl, TimeSpan Ttl, bool Renewable, string? Role, IReadOnlyList<string> Policies, string Type, string Path)
{
    /// <summary>How often the token may still be used. Zero: there is no limit. Negative: this call was the last use.</summary>
    public int NumUses { get; init; }

    /// <summary>The token's greatest total lifetime, from its creation; zero: the token has no limit of its own.</summary>
    public TimeSpan ExplicitMaxTtl { get; init; }

    /// <summary>The token's period, the lifetime that each renewal gives; zero: the token is not periodic, or its token role has the period.</summary>
    public TimeSpan Period { get; init; }

    /// <summary>Whether the token outlives the token that created it.</summary>
    public bool IsOrphan { get; init; }
}

/// <summary>The answer of <c>auth/token/roles/R</c>.</summary>
/// <param name="Name">The name of the token role.</param>
/// <param name="Renewable">Whether tokens of the role can be renewed.</param>
/// <param name="Period">The period of the role's tokens; zero: they are not periodic.</param>
/// <param name="ExplicitMaxTtl">The greatest total lifetime of the role's tokens; zero: none is set.</param>
public sealed record TokenRole(string Name, bool Renewable, TimeSpan Period, TimeSpan ExplicitMaxTtl)
{
    /// <summary>How often a token of the role may be used; zero: there is no limit.</summary>
    public int NumUses { get; init; }
}
