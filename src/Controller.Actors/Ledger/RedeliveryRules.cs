namespace AkkaVault.Controller.Ledger;

/// <summary>When runs that want a redelivery get it.</summary>
internal static class RedeliveryRules
{
    /// <summary>The most redeliveries that begin in a second: after a time without a leader, many are due at once.</summary>
    public const int MaxPerSecond = 100;

    /// <summary>From this number of served runs on, redeliveries begin together every few seconds: each write of the ledger repeats all served runs.</summary>
    public const int ManyRuns = 2000;

    /// <summary>The shortest time from a report to the redelivery it asks for, whatever the clock of the reporting node says.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>A redelivery that was due this long ago, and is not delivered, is overdue.</summary>
    public static readonly TimeSpan OverdueAfter = TimeSpan.FromMinutes(1);

    /// <summary>How long the watcher waits at most until it looks at the clock again, which may have been set.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    /// <summary>The shortest time between two times at which redeliveries begin.</summary>
    /// <param name="served">How many runs are served.</param>
    public static TimeSpan Interval(int served) => served < ManyRuns ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(5);

    /// <summary>The most redeliveries that begin together.</summary>
    /// <param name="served">How many runs are served.</param>
    public static int MaxAtOnce(int served) => (int)(MaxPerSecond * Interval(served).TotalSeconds);
}
