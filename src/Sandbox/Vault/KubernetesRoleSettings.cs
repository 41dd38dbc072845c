namespace AkkaVault.Sandbox.Vault;

/// <summary>How a role of a Kubernetes auth method is created by <see cref="VaultSetup.CreateKubernetesRole"/>.</summary>
public sealed record KubernetesRoleSettings
{
    /// <summary>Names of service accounts that may take it; <c>*</c> in one stands for any text.</summary>
    public required IReadOnlyList<string> ServiceAccounts { get; init; }

    /// <summary>Namespaces they must be in; <c>*</c> in one stands for any text.</summary>
    public required IReadOnlyList<string> Namespaces { get; init; }

    /// <summary>The audience that a token must name; null: any.</summary>
    public string? Audience { get; init; }

    /// <summary>Policies of its tokens, beside <c>default</c>.</summary>
    public IReadOnlyList<string> Policies { get; init; } = [];

    /// <summary>First lifetime of its tokens; zero: Vault's default of 32 days.</summary>
    public TimeSpan TokenTtl { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Greatest age that renewals give its tokens, unless periodic; zero: Vault's maximum of 32 days.</summary>
    public TimeSpan TokenMaxTtl { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Period of its tokens; zero: not periodic.</summary>
    public TimeSpan Period { get; init; }

    /// <summary><c>service</c>, <c>batch</c> (neither renewable nor revocable) or <c>default</c>.</summary>
    public string TokenType { get; init; } = "default";

    /// <summary>Blocks that a login may come from and its token be used from; empty: anywhere.</summary>
    public IReadOnlyList<string> TokenBoundCidrs { get; init; } = [];
}
