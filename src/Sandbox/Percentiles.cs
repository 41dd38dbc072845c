namespace AkkaVault.Sandbox;

/// <summary>Percentiles of a list of durations.</summary>
/// <param name="values">The durations, in any order.</param>
public sealed class Percentiles(IEnumerable<TimeSpan> values)
{
    private readonly List<TimeSpan> _sorted = [.. values.Order()];

    /// <summary>The percentile at a share; zero when there are no durations.</summary>
    /// <param name="share">A number from 0 to 1: 0.95 gives the 95th percentile.</param>
    public TimeSpan At(double share) => _sorted.Count == 0 ? TimeSpan.Zero : _sorted[Math.Clamp((int)Math.Ceiling(share * _sorted.Count) - 1, 0, _sorted.Count - 1)];

    /// <summary>The median.</summary>
    public TimeSpan Median => At(0.5);

    /// <summary>The longest duration.</summary>
    public TimeSpan Worst => At(1);
}
