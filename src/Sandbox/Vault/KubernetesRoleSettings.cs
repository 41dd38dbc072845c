namespace AkkaVault.Sandbox.Vault;

/// <summary>Settings of a role for <see cref="VaultSetup.CreateKubernetesRole"/>.</summary>
public sealed record KubernetesRoleSettings
{
    /// <summary>Names of the service accounts that may use the role; <c>*</c> in a name matches any text.</summary>
    public required IReadOnlyList<string> ServiceAccounts { get; init; }

    /// <summary>Namespaces of these service accounts; <c>*</c> in a name matches any text.</summary>
    public required IReadOnlyList<string> Namespaces { get; init; }

    /// <summary>The audience that a token must name; null: any.</summary>
    public string? Audience { get; init; }

    /// <summary>The policies of tokens, in addition to <c>default</c>.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>The first lifetime of tokens; zero: Vault's default of 32 days.</summary>
    public TimeSpan TokenTtl { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The greatest age of tokens that are not periodic; zero: Vault's maximum of 32 days.</summary>
    public TimeSpan TokenMaxTtl { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The period of tokens; zero: not periodic.</summary>
    public TimeSpan Period { get; init; }

    /// <summary><c>service</c>, <c>batch</c> (neither renewable nor revocable) or <c>default</c>.</summary>
    public string TokenType { get; init; } = "default";

    /// <summary>CIDR blocks from which logins may come and tokens may be used; empty: any address.</summary>
    public IReadOnlyList<string> TokenBoundCidrs { get; init; } = [];
}
