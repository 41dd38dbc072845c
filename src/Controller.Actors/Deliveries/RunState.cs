namespace AkkaVault.Controller.Deliveries;

/// <summary>Where a delivery stands.</summary>
public enum DeliveryPhase
{
    /// <summary>Vault has been asked for a wrapped secret_id.</summary>
    Issuing,

    /// <summary>The wrapping token is on its way to the init container.</summary>
    Pushing,

    /// <summary>Backing off, to issue or to push again.</summary>
    Waiting,

    /// <summary>The init container has its secret; the watcher may not know yet.</summary>
    Delivered,

    /// <summary>The run is over; undelivered wrapping tokens are being revoked.</summary>
    Cancelled,
}
