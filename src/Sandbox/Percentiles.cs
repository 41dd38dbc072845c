namespace AkkaVault.Sandbox;

/// <summary>Some durations, in order.</summary>
/// <param name="values">Them, in any order.</param>
public sealed class Percentiles(IEnumerable<TimeSpan> values)
{
    private readonly List<TimeSpan> _sorted = [.. values.Order()];

    /// <summary>The shortest that a share of them does not exceed; zero when there are none.</summary>
    /// <param name="share">From 0 to 1.</param>
    public TimeSpan At(double share) => _sorted.Count == 0 ? TimeSpan.Zero : _sorted[Math.Clamp((int)Math.Ceiling(share * _sorted.Count) - 1, 0, _sorted.Count - 1)];

    /// <summary>The one in the middle.</summary>
    public TimeSpan Median => At(0.5);

    /// <summary>The longest.</summary>
    public TimeSpan Worst => At(1);
}
