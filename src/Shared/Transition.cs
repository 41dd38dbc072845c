using System.Collections.Immutable;

namespace AkkaVault.Shared;

/// <summary>The result of an input to a state machine.</summary>
/// <param name="State">The next state.</param>
/// <param name="Effects">The effects, in the order in which they must be carried out.</param>
/// <typeparam name="TState">The state machine.</typeparam>
/// <typeparam name="TEffect">The type of the effects.</typeparam>
public sealed record Transition<TState, TEffect>(TState State, ImmutableList<TEffect> Effects)
{
    /// <summary>Applies <paramref name="next"/> to the state of this transition. The effects of this transition come first.</summary>
    public Transition<TState, TEffect> Then(Func<TState, Transition<TState, TEffect>> next)
    {
        var after = next(State);
        return after with { Effects = Effects.AddRange(after.Effects) };
    }
}
