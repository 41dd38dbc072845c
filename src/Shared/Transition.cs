using System.Collections.Immutable;

namespace AkkaVault.Shared;

/// <summary>What an input to a state machine leads to.</summary>
/// <param name="State">The state from now on.</param>
/// <param name="Effects">What the shell around the state machine does, in order.</param>
/// <typeparam name="TState">The state machine.</typeparam>
/// <typeparam name="TEffect">What it can ask its shell to do.</typeparam>
public sealed record Transition<TState, TEffect>(TState State, ImmutableList<TEffect> Effects)
{
    /// <summary>This transition, and the one that follows from its state, as one.</summary>
    public Transition<TState, TEffect> Then(Func<TState, Transition<TState, TEffect>> next)
    {
        var after = next(State);
        return after with { Effects = Effects.AddRange(after.Effects) };
    }
}
