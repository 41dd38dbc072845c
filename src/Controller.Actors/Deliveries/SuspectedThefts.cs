using System.Collections.Immutable;

namespace AkkaVault.Controller.Deliveries;

/// <summary>The tokens of one delivery that may have been stolen, and of which nobody has been warned yet.</summary>
internal sealed class SuspectedThefts
{
    /// <summary>The most that are remembered: what answers on a pod's port may say of every token that it is dead.</summary>
    public const int Max = 8;

    /// <summary>No theft is suspected.</summary>
    public static readonly SuspectedThefts None = new([]);

    private SuspectedThefts(ImmutableList<SuspectedTheft> found) => All = found;

    /// <summary>Each of them.</summary>
    public ImmutableList<SuspectedTheft> All { get; }

    /// <summary>Adds a token. The oldest one is given up if there are more than <see cref="Max"/>.</summary>
    public (SuspectedThefts Left, ImmutableList<DeliveryEffect> Warnings) Add(SuspectedTheft found) => new SuspectedThefts(All.Add(found)).GiveUp([.. All.Take(All.Count + 1 - Max)]);

    /// <summary>A token was issued. Until Vault has answered for a token that was found, another controller may still revoke that one.</summary>
    public SuspectedThefts AfterIssue(string accessor) => new(All.ConvertAll(found => found.VaultAnswer == WrappingTokenState.Pending ? found : found with { NextIssued = accessor }));

    /// <summary>A command of the watcher names these tokens: no other controller can have revoked a token for which Vault had answered before one of them was issued.</summary>
    public SuspectedThefts KnownBy(ImmutableList<PendingRevocation> known) => new(All.ConvertAll(found => found.IsKnownBy(known) ? found with { NoOtherIssuer = true } : found));

    /// <summary>
    /// The run has its secret, and the watcher is told. For tokens for which Vault has not answered by now, it can no longer be found out:
    /// the watcher's ack will say nothing of what others revoke meanwhile, and no later command is to be expected.
    /// </summary>
    public SuspectedThefts AfterDelivery() => new(All.ConvertAll(found => found.VaultAnswer == WrappingTokenState.Pending ? found with { MayBeRevoked = true } : found));

    /// <summary>The watcher knows of all tokens that were issued since: no other controller can have revoked any of these before the delivery.</summary>
    public SuspectedThefts KnownToAll() => new(All.ConvertAll(found => found with { NoOtherIssuer = true }));

    /// <summary>Vault was asked to revoke a token.</summary>
    /// <param name="accessor">The token's accessor.</param>
    /// <param name="wasAlive">Whether the token was alive; null: that is not known.</param>
    /// <param name="now">This node's clock.</param>
    public SuspectedThefts Answered(string accessor, bool? wasAlive, DateTimeOffset now) => new(All.ConvertAll(found => found.Accessor == accessor ? found.Answered(wasAlive, now) : found));

    /// <summary>Vault was asked to revoke a token, and it is not known whether it did.</summary>
    public SuspectedThefts Unanswered(string accessor) => new(All.ConvertAll(found => found.Accessor == accessor ? found with { MayBeRevoked = true } : found));

    /// <summary>Warns of those about which nothing more can be learned.</summary>
    public (SuspectedThefts Left, ImmutableList<DeliveryEffect> Warnings) Resolve()
    {
        var resolved = All.FindAll(found => found.VaultAnswer == WrappingTokenState.Alive || (found.NoOtherIssuer && found.VaultAnswer != WrappingTokenState.Pending));
        return (new SuspectedThefts(All.RemoveRange(resolved)), [.. resolved.Select<SuspectedTheft, DeliveryEffect>(found => found.VaultAnswer switch
        {
            WrappingTokenState.Alive => new DeliveryEffect.WarnTokenAlive(found.Target),
            WrappingTokenState.Dead => new DeliveryEffect.WarnTokenUsed(found.Target, found.Accessor),
            _ => new DeliveryEffect.WarnTokenDead(found.Target),
        })]);
    }

    /// <summary>The run is over: gives up those for which no later command can rule out other controllers.</summary>
    public (SuspectedThefts Left, ImmutableList<DeliveryEffect> Warnings) Close() => GiveUp(All.FindAll(found => !found.NoOtherIssuer));

    private (SuspectedThefts Left, ImmutableList<DeliveryEffect> Warnings) GiveUp(ImmutableList<SuspectedTheft> unknown) =>
        (new SuspectedThefts(All.RemoveRange(unknown)), [.. unknown.Select(found => new DeliveryEffect.WarnTokenDead(found.Target))]);
}
