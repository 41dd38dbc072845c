using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AkkaVault.Controller.Common;

namespace AkkaVault.Controller.Deliveries;

/// <summary>A message for the pod actor of one pod, routed by its uid.</summary>
internal interface IPodCommand : IWireMessage
{
    /// <summary>The run it is about.</summary>
    RunId Run { get; }
}

/// <summary>Watcher to pod actor: deliver a secret to this run. Safe to repeat.</summary>
/// <param name="Target">The run and where it is.</param>
/// <param name="SeenAt">When the watcher first saw the run, or when this redelivery was due: it tells the deliveries of a run apart.</param>
/// <param name="PendingRevocations">Wrapping tokens that an earlier actor issued for it and did not deliver.</param>
/// <param name="IsRedelivery">Whether the run was served before, and asked for this delivery; <paramref name="SeenAt"/> is later than the one before.</param>
/// <param name="HadUnansweredPush">Whether an earlier pod actor has pushed and stopped before it knew how that ended; false, too, from a controller of an earlier version.</param>
internal sealed record AssignRun(
    DeliveryTarget Target, DateTimeOffset SeenAt, [property: JsonPropertyName("outstanding")] ImmutableList<PendingRevocation> PendingRevocations,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsRedelivery = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool HadUnansweredPush = false) : IPodCommand
{
    /// <inheritdoc/>
    [JsonIgnore]
    public RunId Run => Target.Run;
}

/// <summary>Watcher to pod actor: the run is over; revoke what was not delivered and answer <see cref="RunEnded"/>. Safe to repeat.</summary>
/// <param name="Run">The run.</param>
/// <param name="PendingRevocations">Wrapping tokens the ledger knows as undelivered.</param>
/// <param name="IsCompleted">Whether the init container has exited with 0, and so has its secret.</param>
internal sealed record CancelRun(
    RunId Run, [property: JsonPropertyName("outstanding")] ImmutableList<PendingRevocation> PendingRevocations,
    [property: JsonPropertyName("completed"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsCompleted = false) : IPodCommand;

/// <summary>Watcher to pod actor: the delivery is in the ledger; nothing is left to do for this run.</summary>
/// <param name="Run">The run.</param>
/// <param name="SeenAt">The delivery's, as it was reported; null: a controller of an earlier version has sent this, or reported the delivery.</param>
/// <param name="LastPushed">As it was reported: it tells whose report this answers. Null: as for <paramref name="SeenAt"/>.</param>
internal sealed record AckRun(
    RunId Run,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? SeenAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LastPushed = null) : IPodCommand;

/// <summary>A pod actor's report to the watcher.</summary>
internal interface IRunReport : IWireMessage
{
    /// <summary>The run it is about.</summary>
    RunId Run { get; }
}

/// <summary>
/// A report that says what became of wrapping tokens. A pod actor reports only those that it knows: an earlier or later pod actor of
/// the run, on another node, may have issued others.
/// </summary>
internal interface IWrappingTokenReport : IRunReport
{
    /// <summary>The wrapping tokens of the run that may be alive and undelivered.</summary>
    ImmutableList<PendingRevocation> PendingRevocations { get; }

    /// <summary>The accessors of those that were delivered, revoked or used.</summary>
    ImmutableList<string> Resolved { get; }
}

/// <summary>A wrapping token was issued, or the set of undelivered ones has changed.</summary>
/// <param name="Run">The run.</param>
/// <param name="PendingRevocations">See <see cref="IWrappingTokenReport.PendingRevocations"/>.</param>
/// <param name="Resolved">See <see cref="IWrappingTokenReport.Resolved"/>.</param>
internal sealed record RunIssued(
    RunId Run, [property: JsonPropertyName("outstanding")] ImmutableList<PendingRevocation> PendingRevocations, [property: JsonPropertyName("over")] ImmutableList<string> Resolved) : IWrappingTokenReport;

/// <summary>The init container has its secret.</summary>
/// <param name="Run">The run.</param>
/// <param name="PendingRevocations">Replaced wrapping tokens that are still to be revoked.</param>
/// <param name="Resolved">See <see cref="IWrappingTokenReport.Resolved"/>.</param>
/// <param name="SeenAt">Which delivery of the run this was: <see cref="AssignRun.SeenAt"/>; null: a controller of an earlier version reports it.</param>
/// <param name="NextDeliveryAt">When the run wants a redelivery, by the clock of the node that delivered; null: it wants none.</param>
/// <param name="LastPushed">The accessor of the wrapping token that was pushed last: two pod actors may have made the same delivery. Null: a controller of an earlier version reports it.</param>
internal sealed record RunDelivered(
    RunId Run, [property: JsonPropertyName("outstanding")] ImmutableList<PendingRevocation> PendingRevocations, [property: JsonPropertyName("over")] ImmutableList<string> Resolved,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? SeenAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? NextDeliveryAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LastPushed = null) : IWrappingTokenReport;

/// <summary>The run is being served.</summary>
/// <param name="Run">The run.</param>
internal sealed record RunProgressed(RunId Run) : IRunReport;

/// <summary>The pod actor stops before the run is finished, because its shard moves or its node stops: assign it again.</summary>
/// <param name="Run">The run.</param>
/// <param name="HadUnansweredPush">Whether the init container may have accepted a push of which this pod actor does not know how it ended.</param>
internal sealed record RunUnassigned(RunId Run, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool HadUnansweredPush = false) : IRunReport;

/// <summary>A cancelled or delivered run has no token left to revoke.</summary>
/// <param name="Run">The run.</param>
/// <param name="Resolved">See <see cref="IWrappingTokenReport.Resolved"/>.</param>
internal sealed record RunEnded(RunId Run, [property: JsonPropertyName("over")] ImmutableList<string> Resolved) : IWrappingTokenReport
{
    /// <inheritdoc/>
    [JsonIgnore]
    public ImmutableList<PendingRevocation> PendingRevocations => [];
}
