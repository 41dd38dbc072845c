using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Deliveries;

/// <summary>Vault, as far as deliveries need it. Failures are <see cref="VaultException"/>.</summary>
internal interface ISecretIssuer
{
    /// <summary>Issues a wrapped secret_id for a run. Waits while Vault does not serve.</summary>
    /// <param name="target">The run.</param>
    /// <param name="whileWaiting">Cancels the request as long as Vault has not been asked. Has no effect later, since Vault would issue a token that nobody knows.</param>
    /// <param name="cancellation">Cancels the request in any case.</param>
    Task<IssuedToken> IssueAsync(DeliveryTarget target, CancellationToken whileWaiting, CancellationToken cancellation);

    /// <summary>Revokes a wrapping token. A token that does not exist any more is no failure.</summary>
    /// <returns>Whether it was alive.</returns>
    Task<bool> RevokeAsync(string accessor, CancellationToken cancellation);
}
