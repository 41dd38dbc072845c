using System.Collections.Immutable;

namespace AkkaVault.Controller.Deliveries;

/// <summary>
/// What keeps a run from its secret, and what people are warned of: at once of a problem that only a person can correct, and after
/// <see cref="OverdueAfter"/> of any other. There is one warning for each problem, however often it comes back: two problems that take
/// turns make two warnings.
/// </summary>
internal sealed record DeliveryWarnings
{
    /// <summary>After this time people are warned of a problem that may pass by itself. No ordinary start takes that long.</summary>
    public static readonly TimeSpan OverdueAfter = TimeSpan.FromMinutes(1);

    /// <summary>The most warnings of one delivery: what answers on a pod's port may give a new reason each time.</summary>
    public const int MaxWarnings = 16;

    /// <summary>Nothing has gone wrong yet.</summary>
    public static readonly DeliveryWarnings None = new();

    private DeliveryWarnings()
    {
    }

    /// <summary>The last problem; null: there was none.</summary>
    public DeliveryProblem? Last { get; private init; }

    /// <summary>Whether it takes longer than <see cref="OverdueAfter"/>.</summary>
    public bool Overdue { get; private init; }

    /// <summary>The codes of the problems that a person was warned of.</summary>
    public ImmutableList<string> Warned { get; private init; } = [];

    /// <summary>The same after the problem is over.</summary>
    public DeliveryWarnings Cleared => this with { Last = null };

    /// <summary>Something went wrong.</summary>
    /// <param name="problem">What went wrong.</param>
    /// <param name="atOnce">Whether a person is warned although the delivery is not overdue.</param>
    public (DeliveryWarnings Warnings, DeliveryEffect.Warn? Warning) With(DeliveryProblem problem, bool atOnce)
    {
        var known = this with { Last = problem };
        return atOnce || Overdue ? known.Warn(problem, !atOnce) : (known, null);
    }

    /// <summary>The delivery is overdue.</summary>
    /// <param name="current">The problem at the moment; null: an operation is under way, and its outcome will show it.</param>
    public (DeliveryWarnings Warnings, DeliveryEffect.Warn? Warning) WhenOverdue(DeliveryProblem? current)
    {
        var late = this with { Overdue = true };
        return current is null ? (late, null) : late.With(current, atOnce: false);
    }

    private (DeliveryWarnings Warnings, DeliveryEffect.Warn? Warning) Warn(DeliveryProblem problem, bool overdue) =>
        Warned.Contains(problem.Code) || Warned.Count == MaxWarnings
            ? (this, null)
            : (this with { Warned = Warned.Add(problem.Code) }, new DeliveryEffect.Warn(problem, overdue));
}
