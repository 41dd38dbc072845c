namespace AkkaVault.Controller.Deliveries;

/// <summary>The way to an init container.</summary>
public interface ISecretPusher
{
    /// <summary>Pushes a wrapping token unless it has expired when its turn comes. Never throws but for cancellation.</summary>
    /// <param name="target">The init container.</param>
    /// <param name="issued">The wrapping token.</param>
    /// <param name="stalled">Whether the last push of the run kept its place for long and for nothing: this one must keep nobody else from being pushed to.</param>
    /// <param name="cancellation">Ends the push.</param>
    Task<PushOutcome> PushAsync(DeliveryTarget target, IssuedToken issued, bool stalled, CancellationToken cancellation);
}
