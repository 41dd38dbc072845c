namespace AkkaVault.InitContainer.Sidecar;

/// <summary>When a sidecar wants another secret for the same run. Times are of a monotonic clock.</summary>
/// <param name="AskedAt">When it asked.</param>
/// <param name="Interval">How long after it the secret is wanted, in whole seconds: the answer to a push has no others.</param>
internal sealed record NextDelivery(TimeSpan AskedAt, TimeSpan Interval)
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    /// <summary>When it is wanted.</summary>
    public TimeSpan At => AskedAt + Interval;

    /// <summary>Before two thirds of what a token can live are over.</summary>
    /// <param name="begin">When the token's life began.</param>
    /// <param name="end">When it ends.</param>
    /// <param name="now">The time.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public static NextDelivery Before(TimeSpan begin, TimeSpan end, TimeSpan now, double jitter)
    {
        // From 60 to 67 percent: pods that started together do not ask for one moment.
        var interval = begin + ((end - begin) * (0.6 + (jitter / 15))) - now;
        return new NextDelivery(now, interval > s_second ? TimeSpan.FromSeconds(Math.Floor(interval.TotalSeconds)) : s_second);
    }

    /// <summary>Whether a push is taken: from a tenth of the interval earlier on, since the controllers spread what is due at once.</summary>
    public bool Takes(TimeSpan now) => now >= At - (Interval / 10);

    /// <summary>In how many seconds it is wanted, at least one.</summary>
    public long SecondsLeft(TimeSpan now) => Math.Max(1, (long)Math.Ceiling((At - now).TotalSeconds));
}
