using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Ledger;

/// <summary>How far a run is, as the ledger stores it. How far its delivery is in between is its <see cref="DeliveryState"/>, which is not stored.</summary>
internal enum RunStatus
{
    /// <summary>It is to get its secret.</summary>
    [JsonStringEnumMemberName("InHand")]
    Pending,

    /// <summary>It has its secret; remembered while the init container runs, so that it gets no second one unasked.</summary>
    Delivered,

    /// <summary>It is over; its undelivered wrapping tokens are being revoked.</summary>
    [JsonStringEnumMemberName("Ended")]
    Cancelled,
}

/// <summary>One run in the ledger.</summary>
/// <param name="Target">The run and where it is.</param>
/// <param name="Status">How far it is.</param>
/// <param name="SeenAt">When it was first seen, or when its redelivery was due.</param>
/// <param name="PendingRevocations">Wrapping tokens that may be alive and undelivered.</param>
/// <param name="NextDeliveryAt">When the delivered run wants a redelivery; null: it wants none. It waits until nothing is to be revoked.</param>
/// <param name="IsRedelivery">Whether the pending run was delivered before, and asked for this delivery.</param>
internal sealed record LedgerEntry(
    DeliveryTarget Target, RunStatus Status, DateTimeOffset SeenAt, [property: JsonPropertyName("outstanding")] ImmutableList<PendingRevocation> PendingRevocations,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? NextDeliveryAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsRedelivery = false)
{
    /// <summary>When something was last sent to its pod actor, or came from it. Not stored: after recovery, everything is due.</summary>
    [JsonIgnore]
    public DateTimeOffset LastContactAt { get; init; }

    /// <summary>How often it was assigned since its pod actor last reported. Not stored.</summary>
    [JsonIgnore]
    public int UnansweredAssigns { get; init; }

    /// <summary>Whether its init container has exited with 0. Not stored: after recovery only the count of deliveries may lack one.</summary>
    [JsonIgnore]
    public bool IsCompleted { get; init; }

    /// <summary>Whether a pod actor that stopped has made a push of which it did not know how it ended. Not stored: after recovery only the count of deliveries may lack one.</summary>
    [JsonIgnore]
    public bool HadUnansweredPush { get; init; }

    /// <summary>Whether a pod actor still has something to do for it.</summary>
    [JsonIgnore]
    public bool HasWork => Status != RunStatus.Delivered || !PendingRevocations.IsEmpty;

    /// <summary>Whether its pod actor has been silent for too long. A clock that was set back counts as silence.</summary>
    public bool IsDue(DateTimeOffset now) => HasWork && (LastContactAt > now || now - LastContactAt >= AssignRules.TimeoutAfter(UnansweredAssigns));

    /// <summary>The entry after its command was sent. A cancelled run is answered only when all is revoked, which takes as long as Vault takes.</summary>
    public LedgerEntry Sent(DateTimeOffset now) => this with { LastContactAt = now, UnansweredAssigns = Status == RunStatus.Pending ? UnansweredAssigns + 1 : 0 };

    /// <summary>What its pod actor is to do.</summary>
    public IPodCommand Command() => Status == RunStatus.Pending ? new AssignRun(Target, SeenAt, PendingRevocations, IsRedelivery, HadUnansweredPush) : new CancelRun(Target.Run, PendingRevocations, IsCompleted);
}
