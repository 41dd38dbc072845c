namespace AkkaVault.Shared;

/// <summary>Exponential delays with jitter. How long it goes on is for the caller to decide.</summary>
/// <param name="First">The longest first delay.</param>
/// <param name="Cap">The longest delay.</param>
public sealed record Backoff(TimeSpan First, TimeSpan Cap)
{
    /// <summary>Toward Vault, and toward init containers that answered.</summary>
    public static readonly Backoff Standard = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(15));

    /// <summary>
    /// Toward an init container that does not listen: nearly always one that has just been started and needs a few milliseconds more.
    /// </summary>
    public static readonly Backoff NotListening = new(TimeSpan.FromMilliseconds(25), TimeSpan.FromSeconds(15));

    /// <summary>For what will not go away by itself, but may be corrected by an operator at any time.</summary>
    public static readonly Backoff Slow = new(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(15));

    /// <summary>The longest that somebody else's <c>Retry-After</c> is followed.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(1);

    /// <summary>The delay after so many failures in a row, and what was asked for if that is longer.</summary>
    public TimeSpan AfterAtLeast(int failures, double jitter, TimeSpan? retryAfter)
    {
        var delay = After(failures, jitter);
        var asked = retryAfter is { } time && time < LongestRetryAfter ? time : retryAfter is null ? TimeSpan.Zero : LongestRetryAfter;
        return delay > asked ? delay : asked;
    }

    /// <summary>The delay after so many failures in a row.</summary>
    /// <param name="failures">At least 1.</param>
    /// <param name="jitter">From 0 to 1; the delay is between half and all of the exponential value.</param>
    public TimeSpan After(int failures, double jitter)
    {
        var exponential = First.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 30));
        return TimeSpan.FromMilliseconds(Math.Min(exponential, Cap.TotalMilliseconds) * (0.5 + (0.5 * jitter)));
    }
}
