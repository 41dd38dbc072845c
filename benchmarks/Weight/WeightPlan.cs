namespace AkkaVault.Benchmarks.Weight;

/// <summary>How much is measured.</summary>
/// <param name="Parts">Which parts.</param>
/// <param name="Idle">For how long controllers with nothing to do are observed.</param>
/// <param name="Backlog">How many pods wait when one controller starts.</param>
/// <param name="AtOnce">How many pods begin to wait at once, with three controllers.</param>
/// <param name="Others">How many pods are not ours.</param>
/// <param name="Concurrency">How many pods the bare client serves at once.</param>
internal sealed record WeightPlan(IReadOnlyCollection<WeightPart> Parts, TimeSpan Idle, int Backlog, int AtOnce, int Others, int Concurrency);
