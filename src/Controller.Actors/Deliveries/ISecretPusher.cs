namespace AkkaVault.Controller.Deliveries;

/// <summary>Pushes secrets to init containers.</summary>
internal interface ISecretPusher
{
    /// <summary>Pushes a wrapping token unless it has expired when its turn comes. Throws only when it is cancelled.</summary>
    /// <param name="target">The init container.</param>
    /// <param name="issued">The wrapping token.</param>
    /// <param name="stalled">See <see cref="Delivery.Stalled"/>: this push must not delay those to other pods.</param>
    /// <param name="cancellation">Cancels the push.</param>
    Task<PushOutcome> PushAsync(DeliveryTarget target, IssuedToken issued, bool stalled, CancellationToken cancellation);
}
