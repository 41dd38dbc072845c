using System.Text;
using AkkaVault.Controller.Cluster.Tls;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Hosting.Metrics;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Vault.Renewal;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.Actors.Tests.Hosting.Metrics;

/// <summary>Each scrape reports the present state.</summary>
public sealed class CurrentMetricsTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private readonly ControllerMetrics _metrics = new(Prometheus.Metrics.NewCustomRegistry());
    private TokenLife? _token;
    private readonly Presented _certificate = new();
    private readonly TestClock _clock = new(At);

    public CurrentMetricsTests()
    {
        var configuration = ConfigurationReader.Read(
            "vault: {addr: 'http://vault:8200', token: t}\nkubernetes: {watchNamespace: default, serviceNamespace: default, service: kv}", _ => null).Configuration!;
        _ = new CurrentMetrics(_metrics, () => _token, [_certificate], configuration, _clock);
    }

    [Fact]
    public async Task The_number_of_AppRoles_with_series_of_their_own_is_limited()
    {
        for (var i = 0; i < ControllerMetrics.MaxRoles + 7; i++) _metrics.SecretIdRequested($"role-{i}");
        _metrics.SecretIdRequested("role-0");
        Assert.Equal(
            ["2", "7"],
            await ScrapeAsync("vault_secret_id_requests_total{approle=\"role-0\"}", $"vault_secret_id_requests_total{{approle=\"{ControllerMetrics.OtherRoles}\"}}"));
    }

    [Fact]
    public async Task Waiting_pods_are_those_that_are_pending_and_the_longest_wait_grows_until_another_leads()
    {
        Assert.Equal(["0", "0", "0", "0"], await ScrapeAsync("leader", "waiting_pods", "oldest_waiting_seconds", "runs{state=\"pending\"}"));
        _metrics.WatcherStarted();
        _metrics.LedgerChanged(RunLedger.Empty
            .Apply(new Added(Target("uid-1", "c-1"), At, "1")).Apply(new Added(Target("uid-1", "c-2"), At.AddSeconds(5), "2"))
            .Apply(new Added(Target("uid-2", "c-1"), At.AddSeconds(7), "3"))
            .Apply(new Added(Target("uid-3", "c-1"), At.AddSeconds(-60), "4")).Apply(new Delivered(new RunId("uid-3", "c-1"), [], "5")));
        _metrics.LedgerWritten(500, TimeSpan.FromMilliseconds(3));
        _clock.SetUtcNow(At.AddSeconds(90));
        Assert.Equal(
            ["1", "2", "90", "3", "1", "500"],
            await ScrapeAsync("leader", "waiting_pods", "oldest_waiting_seconds", "runs{state=\"pending\"}", "runs{state=\"delivered\"}", "ledger_bytes"));
        _clock.SetUtcNow(At.AddSeconds(100));
        Assert.Equal(["100"], await ScrapeAsync("oldest_waiting_seconds"));

        _metrics.WatcherStopped();
        Assert.Equal(
            ["0", "0", "0", "0", "0", "0"],
            await ScrapeAsync("leader", "waiting_pods", "oldest_waiting_seconds", "runs{state=\"pending\"}", "runs{state=\"delivered\"}", "ledger_bytes"));
    }

    [Fact]
    public async Task Runs_that_wait_for_another_secret_are_told_until_another_leads_and_are_overdue_after_a_minute()
    {
        string[] names = ["redeliveries_waiting", "redeliveries_overdue", "next_redelivery_timestamp_seconds", "waiting_pods"];
        Assert.Equal(["0", "0", "0", "0"], await ScrapeAsync(names));
        _metrics.WatcherStarted();
        // After a change of leader only hashes of served runs are known.
        var recovered = LedgerSnapshot.Of(RunLedger.Empty
            .Apply(new Added(Target("uid-1", "c-1"), At, "1")).Apply(new Delivered(new RunId("uid-1", "c-1"), [], "2", At.AddSeconds(10)))
            .Apply(new Added(Target("uid-2", "c-1"), At, "3")).Apply(new Delivered(new RunId("uid-2", "c-1"), [], "4"))).ToLedger();
        var ledger = recovered.Apply(new Added(Target("uid-3", "c-1"), At, "5")).Apply(new Delivered(new RunId("uid-3", "c-1"), [], "6", At.AddSeconds(30)));
        _metrics.LedgerChanged(ledger);
        var firstDue = $"{At.AddSeconds(10).ToUnixTimeSeconds()}";
        _clock.SetUtcNow(At.AddSeconds(69));
        Assert.Equal(["2", "0", firstDue, "0"], await ScrapeAsync(names));
        _clock.SetUtcNow(At.AddSeconds(70));
        Assert.Equal(["2", "1", firstDue, "0"], await ScrapeAsync(names));

        var begun = ledger.Handle(new LedgerInput.RedeliveriesDue(), At.AddSeconds(31)).State;
        _metrics.LedgerChanged(begun);
        _clock.SetUtcNow(At.AddSeconds(90));
        Assert.Equal(["1", "1", firstDue, "0"], await ScrapeAsync(names));
        _clock.SetUtcNow(At.AddSeconds(91));
        Assert.Equal(["1", "2", firstDue, "0"], await ScrapeAsync(names));

        _metrics.WatcherStopped();
        Assert.Equal(["0", "0", "0", "0"], await ScrapeAsync(names));
    }

    [Fact]
    public async Task Redeliveries_are_counted_apart()
    {
        Assert.Equal(["0"], await ScrapeAsync("redeliveries_total"));
        _metrics.Delivered(Target("uid-1", "c-1"), TimeSpan.Zero, TimeSpan.Zero, isRedelivery: false);
        _metrics.Delivered(Target("uid-1", "c-1"), TimeSpan.Zero, TimeSpan.Zero, isRedelivery: true);
        Assert.Equal(["1", "2"], await ScrapeAsync("redeliveries_total", "delivery_since_seen_seconds_count"));
    }

    [Fact]
    public async Task A_clock_that_was_set_back_makes_no_wait_negative()
    {
        _metrics.WatcherStarted();
        _metrics.LedgerChanged(RunLedger.Empty.Apply(new Added(Target("uid-1", "c-1"), At.AddHours(1), "1")));
        Assert.Equal(["1", "0"], await ScrapeAsync("waiting_pods", "oldest_waiting_seconds"));
    }

    [Fact]
    public async Task What_is_left_of_the_token_and_of_a_certificate_shrinks_to_nothing()
    {
        const string Left = "certificate_left_seconds{certificate=\"remoting\"}", Lifetime = "certificate_lifetime_seconds{certificate=\"remoting\"}";
        Assert.Equal(["0", "0", "0", "0"], await ScrapeAsync("vault_token_left_seconds", "vault_token_lifetime_seconds", Left, Lifetime));
        _token = new TokenLife(TimeSpan.FromHours(1), At.AddMinutes(30));
        _certificate.Life = new CertificateLife("x", At.AddMinutes(-10), At.AddMinutes(50));
        Assert.Equal(["1800", "3600", "3000", "3600"], await ScrapeAsync("vault_token_left_seconds", "vault_token_lifetime_seconds", Left, Lifetime));
        _clock.SetUtcNow(At.AddHours(2));
        Assert.Equal(["0", "3600", "0", "3600"], await ScrapeAsync("vault_token_left_seconds", "vault_token_lifetime_seconds", Left, Lifetime));
        _token = null;
        Assert.Equal(["0", "0"], await ScrapeAsync("vault_token_left_seconds", "vault_token_lifetime_seconds"));
    }

    [Theory]
    [InlineData("login-refused", "login-refused")]
    [InlineData("status-404", "status-4xx")]
    [InlineData("status-599", "status-5xx")]
    [InlineData("status-302", "status-3xx")]
    [InlineData("status-999", "status-other")]
    [InlineData("status-101", "status-other")]
    public async Task Whatever_status_a_pod_answers_the_reasons_are_few(string reason, string counted)
    {
        _metrics.PushFailed(Target("uid-1", "c-1"), reason);
        Assert.Equal(["1"], await ScrapeAsync($"push_failure_reasons_total{{approle=\"web\",reason=\"{counted}\"}}"));
    }

    private static DeliveryTarget Target(string uid, string container) => new(new RunId(uid, container), "default", uid, "10.1.0.5", "web", "node-1", At);

    private async Task<IReadOnlyList<string>> ScrapeAsync(params string[] names)
    {
        using var body = new MemoryStream();
        await _metrics.Registry.CollectAndExportAsTextAsync(body);
        var lines = Encoding.UTF8.GetString(body.ToArray()).Split('\n');
        return [.. names.Select(name => lines.Single(line => line.StartsWith($"kubernetesvault_{name} ", StringComparison.Ordinal)).Split(' ')[^1])];
    }

    private sealed class Presented : IWatchedCertificate
    {
        public string Label => "remoting";

        public CertificateLife? Life { get; set; }
    }
}
