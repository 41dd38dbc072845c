namespace AkkaVault.Shared;

/// <summary>Exponential delays with jitter. The caller decides how often to retry.</summary>
/// <param name="First">The upper limit of the first delay.</param>
/// <param name="Cap">The upper limit of all delays.</param>
public sealed record Backoff(TimeSpan First, TimeSpan Cap)
{
    /// <summary>For requests, and for all pushes but those of <see cref="NotListening"/>.</summary>
    public static readonly Backoff Standard = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(15));

    /// <summary>
    /// For pushes to an init container that does not listen: it has nearly always just started, and needs a few more milliseconds.
    /// </summary>
    public static readonly Backoff NotListening = new(TimeSpan.FromMilliseconds(25), TimeSpan.FromSeconds(15));

    /// <summary>For a problem that stays until an operator corrects it.</summary>
    public static readonly Backoff Slow = new(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(15));

    /// <summary>The longest delay that a <c>Retry-After</c> can cause.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(1);

    /// <summary>The delay after this many failures in a row, or the requested delay if that is longer.</summary>
    public TimeSpan AfterAtLeast(int failures, double jitter, TimeSpan? retryAfter)
    {
        var delay = After(failures, jitter);
        var asked = retryAfter is { } time && time < LongestRetryAfter ? time : retryAfter is null ? TimeSpan.Zero : LongestRetryAfter;
        return delay > asked ? delay : asked;
    }

    /// <summary>The delay after this many failures in a row.</summary>
    /// <param name="failures">At least 1.</param>
    /// <param name="jitter">From 0 to 1; the delay is between half and all of the exponential value.</param>
    public TimeSpan After(int failures, double jitter)
    {
        var exponential = First.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 30));
        return TimeSpan.FromMilliseconds(Math.Min(exponential, Cap.TotalMilliseconds) * (0.5 + (0.5 * jitter)));
    }
}
