using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Deliveries;

/// <summary>Vault, as far as deliveries need it. Failures are <see cref="VaultException"/>.</summary>
public interface ISecretIssuer
{
    /// <summary>A wrapped secret_id for a run. While Vault does not serve it waits.</summary>
    /// <param name="target">The run.</param>
    /// <param name="whileWaiting">Gives it up as long as Vault has not been asked; later it is not listened to, so that no token is issued unknown.</param>
    /// <param name="cancellation">Ends it in any case.</param>
    Task<IssuedToken> IssueAsync(DeliveryTarget target, CancellationToken whileWaiting, CancellationToken cancellation);

    /// <summary>Revokes a wrapping token. One that is gone already is no failure.</summary>
    /// <returns>Whether it was alive.</returns>
    Task<bool> RevokeAsync(string accessor, CancellationToken cancellation);
}
