namespace AkkaVault.Sandbox.Vault;

/// <summary>How an AppRole is created by <see cref="VaultSetup.CreateAppRole"/>.</summary>
public sealed record AppRoleSettings
{
    /// <summary>Lifetime of its secret_ids; zero: for ever.</summary>
    public TimeSpan SecretIdTtl { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How many logins a secret_id is good for; 0: without limit.</summary>
    public int SecretIdNumUses { get; init; } = 1;

    /// <summary>Period of its tokens; zero: not periodic.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromHours(6);

    /// <summary>First lifetime of its tokens; zero: Vault's default of 32 days.</summary>
    public TimeSpan TokenTtl { get; init; }

    /// <summary>Greatest age that renewals give its tokens, unless periodic; zero: Vault's maximum of 32 days.</summary>
    public TimeSpan TokenMaxTtl { get; init; }

    /// <summary><c>service</c>, <c>batch</c> (neither renewable nor revocable) or <c>default</c>.</summary>
    public string TokenType { get; init; } = "default";

    /// <summary>Blocks that its tokens may be used from; empty: anywhere.</summary>
    public IReadOnlyList<string> TokenBoundCidrs { get; init; } = [];

    /// <summary>Policies of its tokens, beside <c>default</c>.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>Blocks that a login may come from; empty: anywhere.</summary>
    public IReadOnlyList<string> SecretIdBoundCidrs { get; init; } = [];
}
