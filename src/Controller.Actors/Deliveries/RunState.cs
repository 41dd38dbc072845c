using System.Text.Json.Serialization;

namespace AkkaVault.Controller.Deliveries;

/// <summary>Where a run stands. The names in JSON are those of the first version: nodes of different versions ask each other.</summary>
public enum RunState
{
    /// <summary>It is in the leader's ledger; no pod actor has begun with it.</summary>
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

    /// <summary>Nothing is left to do for it.</summary>
    Ended,
}
