using System.Collections.Immutable;

namespace AkkaVault.Shared;

/// <summary>The result of an input to a state machine.</summary>
/// <param name="State">The next state.</param>
/// <param name="Effects">What the shell around the state machine must do, in order.</param>
/// <typeparam name="TState">The state machine.</typeparam>
/// <typeparam name="TEffect">What the state machine can ask its shell to do.</typeparam>
public sealed record Transition<TState, TEffect>(TState State, ImmutableList<TEffect> Effects)
{
    /// <summary>Joins this transition and the one that follows from its state.</summary>
    public Transition<TState, TEffect> Then(Func<TState, Transition<TState, TEffect>> next)
    {
        var after = next(State);
        return after with { Effects = Effects.AddRange(after.Effects) };
    }
}
