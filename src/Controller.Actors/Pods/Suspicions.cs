using System.Collections.Immutable;

namespace AkkaVault.Controller.Pods;

/// <summary>The tokens of one delivery that may have been stolen, and of which nobody was told yet.</summary>
public sealed class Suspicions
{
    /// <summary>There is none.</summary>
    public static readonly Suspicions None = new([]);

    private Suspicions(ImmutableList<Suspicion> found) => Found = found;

    /// <summary>Each of them.</summary>
    public ImmutableList<Suspicion> Found { get; }

    /// <summary>One more.</summary>
    public Suspicions Add(Suspicion found) => new(Found.Add(found));

    /// <summary>A token was issued after all of them were found.</summary>
    public Suspicions AfterIssue(string accessor) => new(Found.ConvertAll(found => found with { Since = accessor }));

    /// <summary>Whoever drives the run names these tokens: no other controller can have revoked what was found before one of them.</summary>
    public Suspicions KnownBy(ImmutableList<OutstandingWrap> known) => new(Found.ConvertAll(found => found.IsKnownBy(known) ? found with { OnlyOurs = true } : found));

    /// <summary>Whoever drives the run knows of all of them.</summary>
    public Suspicions KnownToAll() => new(Found.ConvertAll(found => found with { OnlyOurs = true }));

    /// <summary>Vault was asked to revoke a token.</summary>
    /// <param name="accessor">Which.</param>
    /// <param name="wasAlive">Whether it was alive; null: that is not known.</param>
    /// <param name="now">This node's clock.</param>
    public Suspicions Answered(string accessor, bool? wasAlive, DateTimeOffset now) => new(Found.ConvertAll(found => found.Accessor == accessor ? found.Answered(wasAlive, now) : found));

    /// <summary>Vault was asked to revoke a token, and it is not known whether it did.</summary>
    public Suspicions Unanswered(string accessor) => new(Found.ConvertAll(found => found.Accessor == accessor ? found with { MayBeRevoked = true } : found));

    /// <summary>Tells of those of which all is known that will be.</summary>
    public (Suspicions Left, ImmutableList<DeliveryEffect> Told) Judge()
    {
        var told = Found.FindAll(found => found.Vaults == SuspicionAnswer.Alive || (found.OnlyOurs && found.Vaults != SuspicionAnswer.Awaited));
        return (new Suspicions(Found.RemoveRange(told)), [.. told.Select<Suspicion, DeliveryEffect>(found => found.Vaults switch
        {
            SuspicionAnswer.Alive => new DeliveryEffect.FoundAlive(found.Target),
            SuspicionAnswer.Dead => new DeliveryEffect.FoundUsed(found.Target, found.Accessor),
            _ => new DeliveryEffect.FoundDead(found.Target),
        })]);
    }

    /// <summary>Gives up those of which no later word can rule other controllers out: the run is over.</summary>
    public (Suspicions Left, ImmutableList<DeliveryEffect> Told) Leave()
    {
        var left = Found.FindAll(found => !found.OnlyOurs);
        return (new Suspicions(Found.RemoveRange(left)), [.. left.Select(found => new DeliveryEffect.FoundDead(found.Target))]);
    }
}
