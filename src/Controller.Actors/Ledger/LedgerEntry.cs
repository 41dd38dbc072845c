using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Ledger;

/// <summary>How far a run in the ledger is.</summary>
public enum RunStatus
{
    /// <summary>It is to get its secret.</summary>
    [JsonStringEnumMemberName("InHand")]
    Pending,

    /// <summary>It has its secret; remembered while the init container runs, so that it gets no second one.</summary>
    Delivered,

    /// <summary>It is over; its undelivered wrapping tokens are being revoked.</summary>
    [JsonStringEnumMemberName("Ended")]
    Cancelled,
}

/// <summary>One run in the ledger.</summary>
/// <param name="Target">The run and where it is.</param>
/// <param name="Status">How far it is.</param>
/// <param name="SeenAt">When it was first seen.</param>
/// <param name="PendingRevocations">Wrapping tokens that may be alive and undelivered.</param>
public sealed record LedgerEntry(
    DeliveryTarget Target, RunStatus Status, DateTimeOffset SeenAt, [property: JsonPropertyName("outstanding")] ImmutableList<PendingRevocation> PendingRevocations)
{
    /// <summary>When its pod actor was last sent to or heard of. Not stored: after recovery, everything is due.</summary>
    [JsonIgnore]
    public DateTimeOffset LastContactAt { get; init; }

    /// <summary>How often it was driven since its pod actor was last heard of. Not stored.</summary>
    [JsonIgnore]
    public int UnansweredAssigns { get; init; }

    /// <summary>Whether a pod actor still has something to do for it.</summary>
    [JsonIgnore]
    public bool HasWork => Status != RunStatus.Delivered || !PendingRevocations.IsEmpty;
}
