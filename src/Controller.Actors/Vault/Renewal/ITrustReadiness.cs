namespace AkkaVault.Controller.Vault.Renewal;

/// <summary>Whether Vault's certificate can be verified yet: before that, no token and no login is sent to Vault.</summary>
internal interface ITrustReadiness
{
    /// <summary>Completes when Vault's certificate can be verified.</summary>
    Task ReadyAsync(CancellationToken cancellation);
}
