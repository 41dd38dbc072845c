using System.Collections.Immutable;

namespace AkkaVault.Controller.Deliveries;

/// <summary>The tokens of one delivery that may have been stolen, and of which nobody was told yet.</summary>
public sealed class SuspectedThefts
{
    /// <summary>There is none.</summary>
    public static readonly SuspectedThefts None = new([]);

    private SuspectedThefts(ImmutableList<SuspectedTheft> found) => All = found;

    /// <summary>Each of them.</summary>
    public ImmutableList<SuspectedTheft> All { get; }

    /// <summary>One more.</summary>
    public SuspectedThefts Add(SuspectedTheft found) => new(All.Add(found));

    /// <summary>A token was issued after all of them were found.</summary>
    public SuspectedThefts AfterIssue(string accessor) => new(All.ConvertAll(found => found with { NextIssued = accessor }));

    /// <summary>Whoever drives the run names these tokens: no other controller can have revoked what was found before one of them.</summary>
    public SuspectedThefts KnownBy(ImmutableList<PendingRevocation> known) => new(All.ConvertAll(found => found.IsKnownBy(known) ? found with { NoOtherIssuer = true } : found));

    /// <summary>Whoever drives the run knows of all of them.</summary>
    public SuspectedThefts KnownToAll() => new(All.ConvertAll(found => found with { NoOtherIssuer = true }));

    /// <summary>Vault was asked to revoke a token.</summary>
    /// <param name="accessor">Which.</param>
    /// <param name="wasAlive">Whether it was alive; null: that is not known.</param>
    /// <param name="now">This node's clock.</param>
    public SuspectedThefts Answered(string accessor, bool? wasAlive, DateTimeOffset now) => new(All.ConvertAll(found => found.Accessor == accessor ? found.Answered(wasAlive, now) : found));

    /// <summary>Vault was asked to revoke a token, and it is not known whether it did.</summary>
    public SuspectedThefts Unanswered(string accessor) => new(All.ConvertAll(found => found.Accessor == accessor ? found with { MayBeRevoked = true } : found));

    /// <summary>Tells of those of which all is known that will be.</summary>
    public (SuspectedThefts Left, ImmutableList<DeliveryEffect> Told) Resolve()
    {
        var told = All.FindAll(found => found.VaultAnswer == WrappingTokenState.Alive || (found.NoOtherIssuer && found.VaultAnswer != WrappingTokenState.Pending));
        return (new SuspectedThefts(All.RemoveRange(told)), [.. told.Select<SuspectedTheft, DeliveryEffect>(found => found.VaultAnswer switch
        {
            WrappingTokenState.Alive => new DeliveryEffect.WarnTokenAlive(found.Target),
            WrappingTokenState.Dead => new DeliveryEffect.WarnTokenUsed(found.Target, found.Accessor),
            _ => new DeliveryEffect.WarnTokenDead(found.Target),
        })]);
    }

    /// <summary>Gives up those of which no later word can rule other controllers out: the run is over.</summary>
    public (SuspectedThefts Left, ImmutableList<DeliveryEffect> Told) Close()
    {
        var left = All.FindAll(found => !found.NoOtherIssuer);
        return (new SuspectedThefts(All.RemoveRange(left)), [.. left.Select(found => new DeliveryEffect.WarnTokenDead(found.Target))]);
    }
}
