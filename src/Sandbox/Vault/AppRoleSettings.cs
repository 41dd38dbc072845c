namespace AkkaVault.Sandbox.Vault;

/// <summary>Settings of an AppRole for <see cref="VaultSetup.CreateAppRole"/>.</summary>
public sealed record AppRoleSettings
{
    /// <summary>The lifetime of secret_ids; zero: without end.</summary>
    public TimeSpan SecretIdTtl { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How many logins a secret_id allows; 0: without limit.</summary>
    public int SecretIdNumUses { get; init; } = 1;

    /// <summary>The period of tokens; zero: not periodic.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromHours(6);

    /// <summary>The first lifetime of tokens; zero: Vault's default of 32 days.</summary>
    public TimeSpan TokenTtl { get; init; }

    /// <summary>The greatest age of tokens that are not periodic; zero: Vault's maximum of 32 days.</summary>
    public TimeSpan TokenMaxTtl { get; init; }

    /// <summary><c>service</c>, <c>batch</c> (neither renewable nor revocable) or <c>default</c>.</summary>
    public string TokenType { get; init; } = "default";

    /// <summary>CIDR blocks from which tokens may be used; empty: any address.</summary>
    public IReadOnlyList<string> TokenBoundCidrs { get; init; } = [];

    /// <summary>The policies of tokens, in addition to <c>default</c>.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>CIDR blocks from which logins may come; empty: any address.</summary>
    public IReadOnlyList<string> SecretIdBoundCidrs { get; init; } = [];
}
