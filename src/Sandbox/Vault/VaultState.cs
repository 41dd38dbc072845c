namespace AkkaVault.Sandbox.Vault;

/// <summary>All data of a Vault, in memory. They stay when the listener stops. Each part is thread-safe.</summary>
internal sealed class VaultState
{
    public VaultState(TimeProvider time, string? rootToken)
    {
        Time = time;
        Secrets = new SecretSource();
        UnsealKey = Secrets.Remember(Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)));
        Tokens = new TokenStore(time);
        TokenBackend = new TokenBackend(Tokens, new TokenCreation(Tokens, Policies, Secrets, time), time);
        Wrapping = new WrappingStore(Tokens, Secrets, time);
        Leases = new LeaseStore(time);
        Mounts = new Mounts(Tokens, Leases, Secrets, time);
        MountInfo = new MountInfo(Mounts, Tokens, Policies);
        Quotas = new Quotas(time);
        Seal = new SealBackend(time, UnsealKey);
        Root = new TokenEntry
        {
            Id = rootToken is null ? Secrets.ServiceToken() : Secrets.Remember(rootToken),
            Accessor = SecretSource.Accessor(),
            Path = "auth/token/create",
            Policies = ["root"],
            CreatedAt = time.GetUtcNow(),
            CreationTtl = TimeSpan.Zero,
            Orphan = true,
        };
        Tokens.Add(Root);
    }

    public TimeProvider Time { get; }

    public SecretSource Secrets { get; }

    public string UnsealKey { get; }

    public TokenEntry Root { get; }

    public TokenStore Tokens { get; }

    public TokenBackend TokenBackend { get; }

    public WrappingStore Wrapping { get; }

    public LeaseStore Leases { get; }

    public Mounts Mounts { get; }

    public MountInfo MountInfo { get; }

    public Quotas Quotas { get; }

    public SealBackend Seal { get; }

    public PolicyStore Policies { get; } = new();
}
