using System.Collections.Immutable;

namespace AkkaVault.Controller.Pods;

/// <summary>What the ledger is made of. Each event carries the <c>resourceVersion</c> the watch had reached.</summary>
public interface ILedgerEvent : IPodWire
{
    /// <summary>The watch's cursor when this was decided: everything up to it has been taken in. Empty before the first list.</summary>
    string Cursor { get; }
}

/// <summary>A run is in hand: it will be driven until it is delivered or over.</summary>
/// <param name="Target">The run and where it is.</param>
/// <param name="SeenAt">When it was first seen.</param>
/// <param name="Cursor">See <see cref="ILedgerEvent.Cursor"/>.</param>
public sealed record Accepted(DeliveryTarget Target, DateTimeOffset SeenAt, string Cursor) : ILedgerEvent;

/// <summary>The wrapping tokens of a run that may be alive and undelivered are now these.</summary>
/// <param name="Run">The run.</param>
/// <param name="Outstanding">All of them.</param>
/// <param name="Cursor">See <see cref="ILedgerEvent.Cursor"/>.</param>
public sealed record Issued(RunId Run, ImmutableList<OutstandingWrap> Outstanding, string Cursor) : ILedgerEvent;

/// <summary>The run has its secret.</summary>
/// <param name="Run">The run.</param>
/// <param name="Outstanding">Replaced wrapping tokens still to be revoked.</param>
/// <param name="Cursor">See <see cref="ILedgerEvent.Cursor"/>.</param>
public sealed record Delivered(RunId Run, ImmutableList<OutstandingWrap> Outstanding, string Cursor) : ILedgerEvent;

/// <summary>The run is over; what it left is to be revoked.</summary>
/// <param name="Run">The run.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Cursor">See <see cref="ILedgerEvent.Cursor"/>.</param>
public sealed record Abandoned(RunId Run, string Reason, string Cursor) : ILedgerEvent;

/// <summary>The run is over and has left nothing: forget it.</summary>
/// <param name="Run">The run.</param>
/// <param name="Cursor">See <see cref="ILedgerEvent.Cursor"/>.</param>
public sealed record Released(RunId Run, string Cursor) : ILedgerEvent;

/// <summary>The watch has come this far.</summary>
/// <param name="Cursor">See <see cref="ILedgerEvent.Cursor"/>.</param>
public sealed record Reached(string Cursor) : ILedgerEvent;
