using System.Collections.Immutable;

namespace AkkaVault.Controller.Deliveries;

/// <summary>
/// What keeps a delivery from its end, and what of it a person is told: at once what only a person can mend, and what passes by
/// itself when it has not passed for long. Each is told once, however often it comes back: two that take turns are two warnings.
/// </summary>
public sealed record DeliveryWarnings
{
    /// <summary>So long a delivery may take before a person is told of what mostly passes: no ordinary start takes that long.</summary>
    public static readonly TimeSpan OverdueAfter = TimeSpan.FromMinutes(1);

    /// <summary>The most that is told of one delivery: what answers on a pod's port may give a new reason each time.</summary>
    public const int MaxWarnings = 16;

    /// <summary>All is well so far.</summary>
    public static readonly DeliveryWarnings None = new();

    private DeliveryWarnings()
    {
    }

    /// <summary>The last problem; null: there was none.</summary>
    public DeliveryProblem? Last { get; private init; }

    /// <summary>Whether it takes longer than <see cref="OverdueAfter"/>.</summary>
    public bool Overdue { get; private init; }

    /// <summary>The codes that a person was told.</summary>
    public ImmutableList<string> Warned { get; private init; } = [];

    /// <summary>Nothing is in the way any more.</summary>
    public DeliveryWarnings Cleared => this with { Last = null };

    /// <summary>Something went wrong.</summary>
    /// <param name="problem">What.</param>
    /// <param name="atOnce">Whether it is told however long it has lasted.</param>
    public (DeliveryWarnings Trouble, DeliveryEffect.Warn? Warning) With(DeliveryProblem problem, bool atOnce)
    {
        var known = this with { Last = problem };
        return atOnce || Overdue ? known.Tell(problem, !atOnce) : (known, null);
    }

    /// <summary>Time has passed.</summary>
    /// <param name="current">What is in the way now; null: something is under way, and how it ends will show.</param>
    public (DeliveryWarnings Trouble, DeliveryEffect.Warn? Warning) WhenOverdue(DeliveryProblem? current)
    {
        var late = this with { Overdue = true };
        return current is null ? (late, null) : late.With(current, atOnce: false);
    }

    private (DeliveryWarnings Trouble, DeliveryEffect.Warn? Warning) Tell(DeliveryProblem problem, bool overdue) =>
        Warned.Contains(problem.Code) || Warned.Count == MaxWarnings
            ? (this, null)
            : (this with { Warned = Warned.Add(problem.Code) }, new DeliveryEffect.Warn(problem, overdue));
}
