using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AkkaVault.Controller.Common;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Ledger;

/// <summary>What the ledger consists of. Each event carries how far the watch had come.</summary>
internal interface ILedgerEvent : IWireMessage
{
    /// <summary>The resume token when this was decided: everything up to it has been taken in. Empty before the first list.</summary>
    string ResumeToken { get; }
}

/// <summary>A run is pending: it is assigned to its pod actor until it is delivered or over.</summary>
/// <param name="Target">The run and where it is.</param>
/// <param name="SeenAt">When it was first seen, or when this redelivery was due.</param>
/// <param name="ResumeToken">See <see cref="ILedgerEvent.ResumeToken"/>.</param>
/// <param name="IsRedelivery">Whether the run was delivered before, and asked for this delivery.</param>
internal sealed record Added(
    DeliveryTarget Target, DateTimeOffset SeenAt, [property: JsonPropertyName("cursor")] string ResumeToken,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsRedelivery = false) : ILedgerEvent;

/// <summary>The wrapping tokens of a run that may be alive and undelivered are now these.</summary>
/// <param name="Run">The run.</param>
/// <param name="PendingRevocations">All of them.</param>
/// <param name="ResumeToken">See <see cref="ILedgerEvent.ResumeToken"/>.</param>
internal sealed record Issued(RunId Run, [property: JsonPropertyName("outstanding")] ImmutableList<PendingRevocation> PendingRevocations, [property: JsonPropertyName("cursor")] string ResumeToken) : ILedgerEvent;

/// <summary>The run has its secret.</summary>
/// <param name="Run">The run.</param>
/// <param name="PendingRevocations">Replaced wrapping tokens still to be revoked.</param>
/// <param name="ResumeToken">See <see cref="ILedgerEvent.ResumeToken"/>.</param>
/// <param name="NextDeliveryAt">When it wants a redelivery; null: it wants none.</param>
internal sealed record Delivered(
    RunId Run, [property: JsonPropertyName("outstanding")] ImmutableList<PendingRevocation> PendingRevocations, [property: JsonPropertyName("cursor")] string ResumeToken,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? NextDeliveryAt = null) : ILedgerEvent;

/// <summary>The run is over; its undelivered wrapping tokens are to be revoked.</summary>
/// <param name="Run">The run.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="ResumeToken">See <see cref="ILedgerEvent.ResumeToken"/>.</param>
internal sealed record Cancelled(RunId Run, string Reason, [property: JsonPropertyName("cursor")] string ResumeToken) : ILedgerEvent;

/// <summary>The run is over and none of its wrapping tokens is left: it is forgotten.</summary>
/// <param name="Run">The run.</param>
/// <param name="ResumeToken">See <see cref="ILedgerEvent.ResumeToken"/>.</param>
internal sealed record Removed(RunId Run, [property: JsonPropertyName("cursor")] string ResumeToken) : ILedgerEvent;

/// <summary>The watch has come this far.</summary>
/// <param name="ResumeToken">See <see cref="ILedgerEvent.ResumeToken"/>.</param>
internal sealed record Advanced([property: JsonPropertyName("cursor")] string ResumeToken) : ILedgerEvent;
