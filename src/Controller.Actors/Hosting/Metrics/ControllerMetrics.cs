using System.Collections.Concurrent;
using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Cluster.Discovery;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using AkkaVault.Controller.Vault;
using AkkaVault.Controller.Vault.Renewal;
using AkkaVault.Controller.Watching;
using AkkaVault.Shared.Vault;
using Prometheus;

namespace AkkaVault.Controller.Hosting.Metrics;

/// <summary>The metrics: the original's names and labels first, ours beside them.</summary>
internal sealed class ControllerMetrics : IDeliveryObserver, IWatcherObserver, IDiscoveryObserver, IIssueObserver, ITokenObserver, IWatchObserver, ICertificateObserver, IVaultObserver, ILedgerObserver
{
    /// <summary>The prefix of all names.</summary>
    internal const string Prefix = "kubernetesvault_";

    /// <summary>How many AppRoles have series of their own: their names come from pods, and whoever creates pods could use any number.</summary>
    public const int MaxRoles = 500;

    /// <summary>The label of all other AppRoles.</summary>
    public const string OtherRoles = "(other)";

    private const string Status = "status-";

    private readonly Gauge _discovered;
    private readonly Counter _secretIds;
    private readonly Counter _secretIdFailures;
    private readonly Counter _secretIdFailureClasses;
    private readonly Counter _tokenRenewals;
    private readonly Counter _tokenRenewalFailures;
    private readonly Counter _certificates;
    private readonly Counter _certificateFailures;
    private readonly Counter _leaderChanges;
    private readonly Gauge _members;
    private readonly Gauge _unreachable;
    private readonly Counter _joined;
    private readonly Counter _left;
    private readonly Counter _failed;
    private readonly Counter _reaped;
    private readonly Counter _pushes;
    private readonly Counter _pushFailures;
    private readonly Histogram _sinceSeen;
    private readonly Histogram _sinceStart;
    private readonly Counter _redeliveries;
    private readonly Counter _pushFailureReasons;
    private readonly Counter _foundUsed;
    private readonly Counter _watchInterruptions;
    private readonly Histogram _vaultRequests;
    private readonly Counter _vaultFailures;
    private readonly Gauge _circuit;
    private readonly Gauge _shards;
    private readonly Gauge _podActors;
    private readonly Histogram _ledgerWrites;
    private readonly Counter _ledgerLosses;
    private readonly ConcurrentDictionary<string, bool> _roles = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;
    private volatile RunLedger? _ledger;
    private volatile int _ledgerBytes;
    // Boxed moments, which are read whole.
    private volatile object? _ledgerWrittenAt;
    private volatile object? _watchInterruptedAt;

    /// <summary>Registers all metrics, so that each is exported before it first counts.</summary>
    public ControllerMetrics(CollectorRegistry registry, TimeProvider? clock = null)
    {
        (Registry, _clock) = (registry, clock ?? TimeProvider.System);
        var metrics = Prometheus.Metrics.WithCustomRegistry(registry);
        Counter Count(string name, string help, params string[] labels) => metrics.CreateCounter(Prefix + name, help, labels);
        Gauge Level(string name, string help, params string[] labels) => metrics.CreateGauge(Prefix + name, help, labels);
        // Prometheus sees no increase in a counter that first appears with its first count: where the labels are known, counters begin at 0.
        Counter CountEach(string name, string help, string label, params string[] values)
        {
            var counter = Count(name, help, label);
            foreach (var value in values) counter.WithLabels(value);
            return counter;
        }

        Histogram Seconds(string name, string help) => metrics.CreateHistogram(
            Prefix + name, help, new HistogramConfiguration { Buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300] });

        _discovered = Level("kubernetes_discovered_nodes_total", "Controller nodes found through Kubernetes.");
        // Without discovery, there is this node only.
        _discovered.Set(1);
        _secretIds = Count("vault_secret_id_requests_total", "Requests to Vault for a wrapped secret_id.", "approle");
        _secretIdFailures = Count("vault_secret_id_requests_failures_total", "Requests for a wrapped secret_id that failed.", "approle");
        _secretIdFailureClasses = Count("secret_id_failure_classes_total", "Requests for a wrapped secret_id that failed, by class.", "approle", "class");
        _tokenRenewals = Count("vault_token_renewal_requests_total", "Requests to renew the controller's Vault token.");
        _tokenRenewalFailures = Count("vault_token_renewal_request_failures_total", "Renewals of the controller's Vault token that failed.");
        _certificates = Count("vault_certificate_renewal_requests_total", "Requests to Vault for a new certificate.");
        _certificateFailures = Count("vault_certificate_renewal_request_failures_total", "Requests for a new certificate that failed.");
        _leaderChanges = Count("raft_leader_changes_seen_total", "Times the watcher (the leader) started on or moved to this node.");
        _members = Level("raft_nodes_total", "Members of the controller's cluster.");
        _unreachable = Level("unreachable_members", "Members that this node, or another, cannot reach.");
        _joined = Count("gossip_nodes_joined_total", "Members that joined.", "node");
        _left = Count("gossip_nodes_left_total", "Members that left.", "node");
        _failed = Count("gossip_nodes_failed_total", "Members that became unreachable.", "node");
        _reaped = Count("gossip_nodes_reaped_total", "Members that were removed.", "node");
        _pushes = Count("server_secret_pushes_total", "Pushes to init containers.", "approle");
        _pushFailures = Count("server_secret_push_failures_total", "Pushes that were not accepted.", "approle");
        _sinceSeen = Seconds("delivery_since_seen_seconds", "From the first sight of a running init container to its delivery.");
        _sinceStart = Seconds("delivery_since_start_seconds", "From the init container's start (whole seconds, the node's clock) to its delivery.");
        _redeliveries = Count("redeliveries_total", "Deliveries to runs that had a secret and asked for another one.");
        _pushFailureReasons = Count("push_failure_reasons_total", "Pushes that were not accepted, by reason.", "approle", "reason");
        _foundUsed = Count("wrapping_tokens_found_used_total", "Wrapping tokens that somebody else had used: possible thefts.", "approle");
        _watchInterruptions = CountEach("watch_interruptions_total", "Times the watch of pods was interrupted.", "reason", "gone", "error");
        _vaultRequests = Seconds("vault_request_seconds", "Requests to Vault that pods caused, from when they were sent.");
        _vaultFailures = CountEach(
            "vault_request_failures_total", "Requests to Vault that pods caused and that failed.", "class", [.. Enum.GetValues<VaultFailure>().Select(Word)]);
        _circuit = Level("vault_circuit_open", "1 while Vault does not serve and requests wait.");
        _shards = Level("shards", "Shards of pod actors on this node.");
        _podActors = Level("pod_actors", "Pod actors on this node.");
        _ledgerWrites = Seconds("ledger_write_seconds", "Writes of the ledger, from the first try to the answer (state.store: kubernetes).");
        _ledgerLosses = CountEach(
            "ledger_losses_total", "Times the ledger was lost: taken by another controller, changed or deleted by hand, unreachable, refused (state.store: kubernetes).", "reason",
            [.. Enum.GetValues<OwnershipLossReason>().Select(Word)]);
    }

    /// <summary>What is scraped.</summary>
    public CollectorRegistry Registry { get; }

    /// <summary>Whether this node watches pods: since the watcher started, they were listed, or a watch from the stored resume token was answered.</summary>
    public bool Watching { get; private set; }

    /// <summary>The ledger, while the watcher is on this node; null: another node leads, or none.</summary>
    public RunLedger? Ledger => _ledger;

    /// <summary>Size of the ledger as this node has last written it.</summary>
    public int LedgerBytes => _ledgerBytes;

    /// <summary>When this node has last written the ledger; null: not since the watcher started, or it is not stored in Kubernetes.</summary>
    public DateTimeOffset? LedgerWrittenAt => (DateTimeOffset?)_ledgerWrittenAt;

    /// <summary>Since when the watch of pods is interrupted; null: it is not.</summary>
    public DateTimeOffset? WatchInterruptedAt => (DateTimeOffset?)_watchInterruptedAt;

    public void PushStarted(DeliveryTarget target)
    {
        _pushes.WithLabels(Known(target.Role)).Inc();
        _pushFailures.WithLabels(Known(target.Role));
        _foundUsed.WithLabels(Known(target.Role));
    }

    public void PushFailed(DeliveryTarget target, string code)
    {
        _pushFailures.WithLabels(Known(target.Role)).Inc();
        _pushFailureReasons.WithLabels(Known(target.Role), Bounded(code)).Inc();
    }

    public void WrappingTokenFoundUsed(DeliveryTarget target) => _foundUsed.WithLabels(Known(target.Role)).Inc();

    public void Delivered(DeliveryTarget target, TimeSpan sinceStart, TimeSpan sinceSeen, bool isRedelivery)
    {
        if (isRedelivery) _redeliveries.Inc();
        _sinceStart.Observe(Math.Max(0, sinceStart.TotalSeconds));
        _sinceSeen.Observe(Math.Max(0, sinceSeen.TotalSeconds));
    }

    public void LedgerChanged(RunLedger ledger) => _ledger = ledger;

    public void WatcherStarted()
    {
        _leaderChanges.Inc();
        _ledgerBytes = 0;
        (_ledgerWrittenAt, _watchInterruptedAt) = (null, null);
    }

    public void WatcherStopped()
    {
        _ledger = null;
        Watching = false;
    }

    public void SecretIdRequested(string role)
    {
        _secretIds.WithLabels(Known(role)).Inc();
        _secretIdFailures.WithLabels(Known(role));
        foreach (var failure in Enum.GetValues<VaultFailure>()) _secretIdFailureClasses.WithLabels(Known(role), Word(failure));
    }

    public void SecretIdFailed(string role, VaultFailure failure)
    {
        _secretIdFailures.WithLabels(Known(role)).Inc();
        _secretIdFailureClasses.WithLabels(Known(role), Word(failure)).Inc();
    }

    public void RenewalRequested() => _tokenRenewals.Inc();

    public void RenewalFailed() => _tokenRenewalFailures.Inc();

    public void CertificateRequested() => _certificates.Inc();

    public void CertificateFailed() => _certificateFailures.Inc();

    public void RequestEnded(TimeSpan elapsed, VaultFailure? failure)
    {
        _vaultRequests.Observe(elapsed.TotalSeconds);
        if (failure is { } kind) _vaultFailures.WithLabels(Word(kind)).Inc();
    }

    public void CircuitChanged(bool open) => _circuit.Set(open ? 1 : 0);

    public void Current() => (Watching, _watchInterruptedAt) = (true, null);

    public void WatchInterrupted(string reason)
    {
        _watchInterruptions.WithLabels(reason).Inc();
        _watchInterruptedAt ??= _clock.GetUtcNow();
    }

    public void LedgerWritten(int bytes, TimeSpan taken)
    {
        (_ledgerBytes, _ledgerWrittenAt) = (bytes, _clock.GetUtcNow());
        _ledgerWrites.Observe(taken.TotalSeconds);
    }

    public void LedgerLost(OwnershipLossReason reason) => _ledgerLosses.WithLabels(Word(reason)).Inc();

    public void Discovered(int nodes) => _discovered.Set(nodes);

    public void MemberJoined(string node, int members)
    {
        _joined.WithLabels(node).Inc();
        _members.Set(members);
    }

    /// <param name="node">The member's address.</param>
    /// <param name="reaped">Whether it was downed; otherwise it left.</param>
    /// <param name="members">How many members there are now.</param>
    public void MemberRemoved(string node, bool reaped, int members)
    {
        (reaped ? _reaped : _left).WithLabels(node).Inc();
        _members.Set(members);
    }

    public void MemberUnreachable(string node) => _failed.WithLabels(node).Inc();

    public void Unreachable(int members) => _unreachable.Set(members);

    public void Hosting(int shards, int podActors)
    {
        _shards.Set(shards);
        _podActors.Set(podActors);
    }

    private string Known(string role) => _roles.ContainsKey(role) || (_roles.Count < MaxRoles && _roles.TryAdd(role, true)) ? role : OtherRoles;

    // A stranger may answer on a pod's port, with any status.
    private static string Bounded(string code) => !code.StartsWith(Status, StringComparison.Ordinal) ? code
        : code[Status.Length] is '3' or '4' or '5' ? $"{code[..(Status.Length + 1)]}xx"
        : $"{Status}other";

    private static string Word(VaultFailure failure) => failure switch
    {
        VaultFailure.Transient => "transient",
        VaultFailure.Sealed => "sealed",
        VaultFailure.Throttled => "throttled",
        _ => "permanent",
    };

    private static string Word(OwnershipLossReason reason) => reason switch
    {
        OwnershipLossReason.Taken => "taken",
        OwnershipLossReason.Changed => "changed",
        OwnershipLossReason.Deleted => "deleted",
        OwnershipLossReason.Unreachable => "unreachable",
        OwnershipLossReason.Refused => "refused",
        _ => "out_of_step",
    };
}
