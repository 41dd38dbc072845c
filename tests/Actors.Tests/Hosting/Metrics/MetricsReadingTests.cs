using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Hosting.Metrics;
using AkkaVault.Controller.Members;
using AkkaVault.Shared.Vault;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.Actors.Tests.Hosting.Metrics;

/// <summary>The page's numbers are those that a scraper gets.</summary>
public sealed class MetricsReadingTests
{
    private static readonly DateTimeOffset s_at = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private readonly ControllerMetrics _metrics = new(Prometheus.Metrics.NewCustomRegistry());

    [Fact]
    public async Task Sums_are_over_all_labels_or_by_one_of_them()
    {
        _metrics.PushFailed(Target("web"), "not-listening");
        _metrics.PushFailed(Target("api"), "not-listening");
        _metrics.PushFailed(Target("api"), "status-404");
        _metrics.CircuitChanged(true);
        var reading = await MetricsReading.OfAsync(_metrics, CancellationToken.None);
        Assert.Equal((3, 1, 0), (reading.Sum("push_failure_reasons_total"), reading.Sum("vault_circuit_open"), reading.Sum("nothing")));
        Assert.Equal([("not-listening", 2.0), ("status-4xx", 1.0)], reading.SumsBy("push_failure_reasons_total", "reason").OrderBy(one => one.Value, StringComparer.Ordinal));
        // What has not failed is no failure.
        Assert.Empty(reading.SumsBy("vault_request_failures_total", "class"));
    }

    [Fact]
    public async Task A_histogram_has_its_finite_bounds_and_its_count()
    {
        _metrics.RequestEnded(TimeSpan.FromMilliseconds(20), null);
        _metrics.RequestEnded(TimeSpan.FromMinutes(10), VaultFailure.Transient);
        var histogram = (await MetricsReading.OfAsync(_metrics, CancellationToken.None)).Histogram("vault_request_seconds");
        Assert.Equal((2, 14, 300), (histogram.Count, histogram.Buckets.Count, histogram.Buckets[^1].UpToSeconds));
        Assert.Equal([new LatencyBucket(0.01, 0), new LatencyBucket(0.025, 1)], histogram.Buckets.Take(2));
    }

    [Fact]
    public void Labels_are_read_as_they_are_escaped()
    {
        var reading = new MetricsReading("# HELP x\nkubernetesvault_x{a=\"1\",b=\"quote \\\" slash \\\\ line \\n end, {}\"} 4.5e+03\nother 7\n");
        Assert.Equal([("quote \" slash \\ line \n end, {}", 4500.0)], reading.SumsBy("x", "b"));
    }

    [Fact]
    public void Since_when_the_watch_is_interrupted_and_when_the_ledger_was_written_is_known_until_another_leads()
    {
        var clock = new TestClock(s_at);
        var metrics = new ControllerMetrics(Prometheus.Metrics.NewCustomRegistry(), clock);
        metrics.WatcherStarted();
        Assert.Equal((null, null), (metrics.WatchInterruptedAt, metrics.LedgerWrittenAt));
        metrics.WatchInterrupted("error");
        metrics.LedgerWritten(7, TimeSpan.Zero);
        clock.Advance(TimeSpan.FromSeconds(5));
        metrics.WatchInterrupted("error");
        Assert.Equal((s_at, s_at), (metrics.WatchInterruptedAt, metrics.LedgerWrittenAt));
        metrics.Current();
        Assert.Null(metrics.WatchInterruptedAt);
        metrics.WatchInterrupted("gone");
        metrics.WatcherStarted();
        Assert.Equal((null, null), (metrics.WatchInterruptedAt, metrics.LedgerWrittenAt));
    }

    private static DeliveryTarget Target(string role) => new(new RunId("uid-1", "c-1"), "default", "web-0", "10.1.0.5", role, "node-1", s_at);
}
