using System.Text.Json.Serialization;

namespace AkkaVault.Controller.Deliveries;

/// <summary>
/// How far a delivery is, as the controller that works on it knows. What the ledger stores of a run is its <c>RunStatus</c>. The names in
/// JSON are those of the first version: controllers of different versions ask one another.
/// </summary>
internal enum DeliveryState
{
    /// <summary>The run is in the leader's ledger, and no pod actor has begun the delivery. No <c>Delivery</c> is in this state.</summary>
    [JsonStringEnumMemberName("Accepted")]
    Pending,

    /// <summary>Vault has been asked for a wrapped secret_id.</summary>
    Issuing,

    /// <summary>The wrapping token is on its way to the init container.</summary>
    Pushing,

    /// <summary>Something has failed; it is tried again after a pause.</summary>
    Waiting,

    /// <summary>The init container has its secret; the watcher may not know yet.</summary>
    Delivered,

    /// <summary>The run is over; undelivered wrapping tokens are being revoked.</summary>
    [JsonStringEnumMemberName("Dropped")]
    Cancelled,

    /// <summary>The pod actor has finished with the run. No <c>Delivery</c> is in this state.</summary>
    Ended,
}
