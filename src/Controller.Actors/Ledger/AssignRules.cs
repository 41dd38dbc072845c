namespace AkkaVault.Controller.Ledger;

/// <summary>When a run is sent to its pod actor again.</summary>
internal static class AssignRules
{
    /// <summary>How long a pod actor that has answered may be silent.</summary>
    public static readonly TimeSpan SilenceTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long an assignment may stay unanswered. Pod actors answer at once: one that does not may no longer exist, because its shard moves or
    /// its node is gone. Doubles, up to <see cref="SilenceTimeout"/>, after <see cref="FastRetries"/> assignments without an answer.
    /// </summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromMilliseconds(250);

    /// <summary>How many assignments are sent at <see cref="AnswerTimeout"/>: together they take longer than a shard takes to move.</summary>
    public const int FastRetries = 4;

    /// <summary>The most runs without an answer that are assigned again at once.</summary>
    public const int MaxReassignedAtOnce = 500;

    /// <summary>How long to wait for a pod actor.</summary>
    /// <param name="unanswered">How many assignments it has not answered.</param>
    public static TimeSpan TimeoutAfter(int unanswered) => unanswered == 0
        ? SilenceTimeout
        : TimeSpan.FromTicks(Math.Min(SilenceTimeout.Ticks, AnswerTimeout.Ticks << Math.Clamp(unanswered - FastRetries, 0, 10)));
}
