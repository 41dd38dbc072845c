using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace AkkaVault.Controller.Members;

/// <summary>How many took no longer than a bound.</summary>
/// <param name="UpToSeconds">The bound.</param>
/// <param name="Count">How many; those of lower bounds are among them.</param>
internal sealed record LatencyBucket(double UpToSeconds, long Count);

/// <summary>How long things took, as a Prometheus histogram counts it.</summary>
/// <param name="Buckets">The finite bounds, in ascending order.</param>
/// <param name="Count">How many there are.</param>
internal sealed record LatencyHistogram(ImmutableList<LatencyBucket> Buckets, long Count)
{
    /// <summary>Nothing was counted.</summary>
    [JsonIgnore]
    public static LatencyHistogram Empty { get; } = new([], 0);

    /// <summary>The same over several members. Bounds that only some of them have are left out.</summary>
    public static LatencyHistogram Sum(IReadOnlyCollection<LatencyHistogram> all)
    {
        var counted = all.Where(one => one.Count > 0).ToList();
        return new LatencyHistogram(
            [.. counted.SelectMany(one => one.Buckets).GroupBy(bucket => bucket.UpToSeconds).Where(same => same.Count() == counted.Count)
                .OrderBy(same => same.Key).Select(same => new LatencyBucket(same.Key, same.Sum(bucket => bucket.Count)))],
            counted.Sum(one => one.Count));
    }

    /// <summary>How long a share of them took at most, estimated as Prometheus' <c>histogram_quantile</c> does; null: there is none.</summary>
    /// <param name="share">From 0 to 1.</param>
    public double? Quantile(double share)
    {
        if (Count == 0 || Buckets.IsEmpty) return null;
        var rank = share * Count;
        var at = Buckets.FindIndex(bucket => bucket.Count >= rank);
        // Above the highest bound nothing is known but that.
        if (at < 0) return Buckets[^1].UpToSeconds;
        var (lower, before) = at == 0 ? (0, 0) : (Buckets[at - 1].UpToSeconds, Buckets[at - 1].Count);
        var within = Buckets[at].Count - before;
        return within == 0 ? Buckets[at].UpToSeconds : lower + ((Buckets[at].UpToSeconds - lower) * ((rank - before) / within));
    }
}
