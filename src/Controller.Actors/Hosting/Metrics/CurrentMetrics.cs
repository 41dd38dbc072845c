using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Vault.Renewal;
using Prometheus;

namespace AkkaVault.Controller.Hosting.Metrics;

/// <summary>
/// The metrics that are computed at each scrape, so that a node does not go on reporting what it knew earlier, such as the ledger of a
/// time when it led.
/// </summary>
internal sealed class CurrentMetrics
{
    private readonly ControllerMetrics _metrics;
    private readonly Func<TokenLife?> _token;
    private readonly IReadOnlyList<IWatchedCertificate> _certificates;
    private readonly TimeProvider _clock;
    private readonly Gauge _leader;
    private readonly Gauge _waiting;
    private readonly Gauge _oldestWaiting;
    private readonly Gauge _runs;
    private readonly Gauge _redeliveriesWaiting;
    private readonly Gauge _redeliveriesOverdue;
    private readonly Gauge _nextRedelivery;
    private readonly Gauge _ledgerBytes;
    private readonly Gauge _tokenLeft;
    private readonly Gauge _tokenLifetime;
    private readonly Gauge _certificateLeft;
    private readonly Gauge _certificateLifetime;

    /// <param name="metrics">The other metrics, whose registry these are added to.</param>
    /// <param name="token">The lifetime of this node's Vault token; null: there is none.</param>
    /// <param name="certificates">The certificates that this node presents.</param>
    /// <param name="configuration">Has the number of replicas.</param>
    /// <param name="clock">This node's clock.</param>
    public CurrentMetrics(
        ControllerMetrics metrics, Func<TokenLife?> token, IEnumerable<IWatchedCertificate> certificates, ControllerConfiguration configuration, TimeProvider clock)
    {
        (_metrics, _token, _certificates, _clock) = (metrics, token, [.. certificates], clock);
        var factory = Prometheus.Metrics.WithCustomRegistry(metrics.Registry);
        Gauge Level(string name, string help, params string[] labels) => factory.CreateGauge(ControllerMetrics.Prefix + name, help, labels);

        _leader = Level("leader", "1 where the watcher is: one node in the cluster.");
        _waiting = Level("waiting_pods", "Pods whose init container waits for its first secret now; 0 where the watcher is not.");
        _oldestWaiting = Level("oldest_waiting_seconds", "The seconds since the pod that waits longest was first seen; 0 where the watcher is not.");
        _runs = Level("runs", "Init container runs in the ledger; 0 where the watcher is not.", "state");
        _redeliveriesWaiting = Level("redeliveries_waiting", "Runs that have their secret and wait until another one is due; 0 where the watcher is not.");
        _redeliveriesOverdue = Level("redeliveries_overdue", "Runs whose next secret was due more than a minute ago and is not delivered; 0 where the watcher is not.");
        _nextRedelivery = Level("next_redelivery_timestamp_seconds", "When the next redelivery is due; 0: none is, or the watcher is elsewhere.");
        _ledgerBytes = Level("ledger_bytes", "Size of the ledger as this node has last written it; 0 where the watcher is not (state.store: kubernetes).");
        _tokenLeft = Level("vault_token_left_seconds", "The time until the controller's Vault token ends unless it is renewed; 0: there is no token.");
        _tokenLifetime = Level("vault_token_lifetime_seconds", "The whole life of the controller's Vault token: its lifetime at creation or, after a login, the lifetime that Vault granted last; 0: there is no token.");
        _certificateLeft = Level("certificate_left_seconds", "The time until a certificate in use ends; 0: there is no certificate yet.", "certificate");
        _certificateLifetime = Level("certificate_lifetime_seconds", "The time from the certificate's beginning to its end; 0: there is no certificate yet.", "certificate");
        Level("members_expected", "How many members the cluster is to have: cluster.replicas.").Set(configuration.Cluster?.Replicas ?? 1);
        metrics.Registry.AddBeforeCollectCallback(Update);
    }

    private void Update()
    {
        var now = _clock.GetUtcNow();
        UpdateLedger(_metrics.Ledger, now);
        var life = _token();
        _tokenLeft.Set(Left(life?.Expires, now));
        _tokenLifetime.Set(life?.Whole.TotalSeconds ?? 0);
        foreach (var certificate in _certificates)
        {
            var presented = certificate.Life;
            _certificateLeft.WithLabels(certificate.Label).Set(Left(presented?.To, now));
            _certificateLifetime.WithLabels(certificate.Label).Set(presented is null ? 0 : (presented.To - presented.From).TotalSeconds);
        }
    }

    private void UpdateLedger(RunLedger? ledger, DateTimeOffset now)
    {
        _leader.Set(ledger is null ? 0 : 1);
        _ledgerBytes.Set(ledger is null ? 0 : _metrics.LedgerBytes);
        var entries = (ledger ?? RunLedger.Empty).Entries.ToList();
        // A run of which this is a redelivery has a secret meanwhile.
        var waiting = entries.Where(entry => entry is { Status: RunStatus.Pending, IsRedelivery: false }).ToList();
        _waiting.Set(waiting.DistinctBy(entry => entry.Target.Run.Uid).Count());
        _oldestWaiting.Set(waiting.Count == 0 ? 0 : Math.Max(0, (now - waiting.Min(entry => entry.SeenAt)).TotalSeconds));
        _redeliveriesWaiting.Set(ledger?.Served.WaitingForRedelivery ?? 0);
        _redeliveriesOverdue.Set(ledger?.OverdueRedeliveries(now) ?? 0);
        _nextRedelivery.Set(ledger?.Served.FirstDueOfAllAt is { } due ? (due - DateTimeOffset.UnixEpoch).TotalSeconds : 0);
        foreach (var status in Enum.GetValues<RunStatus>())
        {
            var served = status == RunStatus.Delivered ? ledger?.Served.Count ?? 0 : 0;
            _runs.WithLabels(status switch { RunStatus.Pending => "pending", RunStatus.Delivered => "delivered", _ => "cancelled" }).Set(entries.Count(entry => entry.Status == status) + served);
        }
    }

    private static double Left(DateTimeOffset? end, DateTimeOffset now) => end is { } at && at > now ? (at - now).TotalSeconds : 0;
}
