using System.Collections.Immutable;

namespace AkkaVault.Controller.Deliveries;

/// <summary>What an input leads to.</summary>
/// <param name="Delivery">The delivery from now on.</param>
/// <param name="Effects">What is to be done, in order.</param>
public sealed record DeliveryStep(Delivery Delivery, ImmutableList<DeliveryEffect> Effects)
{
    /// <summary>This step and what follows from it, as one.</summary>
    internal DeliveryStep Then(Func<Delivery, DeliveryStep> next)
    {
        var after = next(Delivery);
        return after with { Effects = Effects.AddRange(after.Effects) };
    }
}
