using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace AkkaVault.Controller.Pods;

/// <summary>How far a run in the ledger is.</summary>
public enum RunStatus
{
    /// <summary>It is to get its secret.</summary>
    InHand,

    /// <summary>It has its secret; remembered while the init container runs, so that it gets no second one.</summary>
    Delivered,

    /// <summary>It is over; its undelivered wrapping tokens are being revoked.</summary>
    Ended,
}

/// <summary>One run in the ledger.</summary>
/// <param name="Target">The run and where it is.</param>
/// <param name="Status">How far it is.</param>
/// <param name="SeenAt">When it was first seen.</param>
/// <param name="Outstanding">Wrapping tokens that may be alive and undelivered.</param>
public sealed record LedgerEntry(
    DeliveryTarget Target, RunStatus Status, DateTimeOffset SeenAt, ImmutableList<OutstandingWrap> Outstanding)
{
    /// <summary>When its pod actor was last sent to or heard of. Not stored: after recovery, everything is due.</summary>
    [JsonIgnore]
    public DateTimeOffset TouchedAt { get; init; }

    /// <summary>How often it was driven since its pod actor was last heard of. Not stored.</summary>
    [JsonIgnore]
    public int Unanswered { get; init; }

    /// <summary>Whether a pod actor still has something to do for it.</summary>
    [JsonIgnore]
    public bool HasWork => Status != RunStatus.Delivered || !Outstanding.IsEmpty;
}
