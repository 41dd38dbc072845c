using AkkaVault.Controller.Members;

namespace AkkaVault.Actors.Tests.Members;

public class LatencyHistogramTests
{
    private static readonly LatencyHistogram s_ten = new([new(0.1, 2), new(0.5, 6), new(1, 9)], 10);

    [Theory]
    [InlineData(0.1, 0.05)]
    [InlineData(0.2, 0.1)]
    [InlineData(0.5, 0.4)]
    [InlineData(0.9, 1)]
    [InlineData(0.95, 1)]
    [InlineData(1, 1)]
    public void A_quantile_is_estimated_within_its_bucket_and_is_never_above_the_highest_bound(double share, double seconds) => Assert.Equal(seconds, s_ten.Quantile(share)!.Value, 6);

    [Fact]
    public void Without_anything_counted_there_is_no_quantile() => Assert.Null(LatencyHistogram.Empty.Quantile(0.5));

    [Fact]
    public void The_sum_over_members_has_the_bounds_that_all_of_them_have()
    {
        var sum = LatencyHistogram.Sum([s_ten, new LatencyHistogram([new(0.1, 1), new(1, 3)], 4), LatencyHistogram.Empty]);
        Assert.Equal(14, sum.Count);
        Assert.Equal([new LatencyBucket(0.1, 3), new LatencyBucket(1, 12)], sum.Buckets);
        Assert.Equal(0, LatencyHistogram.Sum([]).Count);
    }
}
