using System.Collections.Immutable;
using System.Reflection;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Hosting.Health;
using AkkaVault.Controller.Hosting.Metrics;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Members;
using AkkaVault.Controller.Runs;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary>What this member says of itself: its metrics, its readiness and its last deliveries.</summary>
internal sealed class ControllerStatusSource(ControllerMetrics metrics, RunTracker runs, HealthCheckService checks, ControllerConfiguration configuration, TimeProvider clock) : IControllerStatusSource
{
    private static readonly string s_version = typeof(ControllerStatusSource).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();

    /// <inheritdoc/>
    public async Task<ControllerStatus> ReadAsync(string node, CancellationToken cancellation)
    {
        var problem = await checks.ReadinessProblemAsync(cancellation).ConfigureAwait(false);
        var reading = await MetricsReading.OfAsync(metrics, cancellation).ConfigureAwait(false);
        return new ControllerStatus(
            node, s_version, _startedAt, problem is { Length: > ControllerStatus.LongestText } ? $"{problem[..ControllerStatus.LongestText]}…" : problem,
            (int)reading.Sum("shards"), (int)reading.Sum("pod_actors"),
            new VaultStatus(
                reading.Sum("vault_circuit_open") > 0, reading.Histogram("vault_request_seconds"), reading.Sum("vault_token_left_seconds"), reading.Sum("vault_token_lifetime_seconds")),
            Certificates(reading), reading.Histogram("delivery_since_seen_seconds"), LastDelivered(runs.View), Failures(reading), Leader());
    }

    /// <summary>The last runs that got their secret from this member, the newest first.</summary>
    public static ImmutableList<DeliveredRun> LastDelivered(LocalRuns runs) =>
    [
        .. runs.Unfinished.Values.Concat(runs.Ended).Where(run => run is { Outcome: RunOutcome.Delivered, EndedAt: not null })
            .OrderByDescending(run => run.EndedAt).Take(ControllerStatus.MaxDelivered)
            .Select(run => new DeliveredRun(run.Run.ToString(), run.Namespace, run.Pod, run.Role, run.SeenAt, run.EndedAt!.Value, run.Attempts)),
    ];

    private static ImmutableList<CertificateStatus> Certificates(MetricsReading reading)
    {
        var lifetimes = reading.SumsBy("certificate_lifetime_seconds", "certificate").ToDictionary(one => one.Value, one => one.Sum, StringComparer.Ordinal);
        return [.. lifetimes.Select(one => new CertificateStatus(one.Key, reading.SumsBy("certificate_left_seconds", "certificate").FirstOrDefault(left => left.Value == one.Key).Sum, one.Value))];
    }

    private static ImmutableList<FailureCount> Failures(MetricsReading reading) =>
    [
        .. Counts(reading, "push", "push_failure_reasons_total", "reason"),
        .. Counts(reading, "vault", "vault_request_failures_total", "class"),
        .. Counts(reading, "watch", "watch_interruptions_total", "reason"),
        .. Counts(reading, "ledger", "ledger_losses_total", "reason"),
        .. ((FailureCount[])[new FailureCount("theft", "wrapping-tokens-found-used", (long)reading.Sum("wrapping_tokens_found_used_total"))]).Where(used => used.Count > 0),
    ];

    private static IEnumerable<FailureCount> Counts(MetricsReading reading, string of, string metric, string label) =>
        reading.SumsBy(metric, label).Select(one => new FailureCount(of, one.Value, (long)one.Sum));

    private LeaderStatus? Leader()
    {
        if (metrics.Ledger is not { } ledger) return null;
        var counts = ledger.Entries.CountBy(entry => entry.Status).ToDictionary();
        return new LeaderStatus(
            metrics.Watching, metrics.WatchInterruptedAt, $"{configuration.Store}".ToLowerInvariant(), metrics.LedgerBytes, metrics.LedgerWrittenAt,
            counts.GetValueOrDefault(RunStatus.Pending), counts.GetValueOrDefault(RunStatus.Delivered) + ledger.Served.Count, counts.GetValueOrDefault(RunStatus.Cancelled), ledger.Served.FirstDueOfAllAt);
    }
}
