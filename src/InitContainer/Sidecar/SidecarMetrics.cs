using System.Globalization;
using System.Text;

namespace AkkaVault.InitContainer.Sidecar;

/// <summary>
/// The metrics of a sidecar, in Prometheus' text format: counts and times. They contain no secret, no accessor and no path.
/// Safe to use from any thread.
/// </summary>
internal sealed class SidecarMetrics
{
    /// <summary>The media type of <see cref="Write"/>.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private const string Prefix = "akkavault_sidecar_";

    private long _deliveries;
    private Results _renewals;
    private Results _secretReads;
    private Results _leaseRenewals;
    private volatile SidecarRenewal? _token;

    /// <summary>A token was delivered, and is in the file.</summary>
    public void Delivered() => Interlocked.Increment(ref _deliveries);

    /// <summary>Vault was asked to renew the token.</summary>
    /// <param name="succeeded">Whether it did.</param>
    public void Renewed(bool succeeded) => _renewals.Count(succeeded);

    /// <summary>Vault was asked for a secret of <c>VAULT_SECRETS</c> again.</summary>
    /// <param name="succeeded">Whether it gave it.</param>
    public void SecretRead(bool succeeded) => _secretReads.Count(succeeded);

    /// <summary>Vault was asked to renew the lease of a secret of <c>VAULT_SECRETS</c>.</summary>
    /// <param name="succeeded">Whether it did.</param>
    public void LeaseRenewed(bool succeeded) => _leaseRenewals.Count(succeeded);

    /// <summary>The present state of the token.</summary>
    public void Changed(SidecarRenewal token) => _token = token;

    /// <summary>The answer to a scrape.</summary>
    /// <param name="now">The time of the monotonic clock.</param>
    /// <param name="utc">The same moment for scrapers.</param>
    public byte[] Write(TimeSpan now, DateTimeOffset utc)
    {
        var text = new StringBuilder();
        AppendResults(text, "renewals_total", "Requests to renew the token.", ref _renewals);
        Append(text, "deliveries_total", "Tokens that were delivered to this run.", "counter", $"{Interlocked.Read(ref _deliveries)}");
        var token = _token is { FirstTtl.Ticks: > 0 } known ? known : null;
        Append(text, "token_expires_timestamp_seconds", "When the token ends unless it is renewed; 0: there is none yet, or it has no end.", "gauge", Moment(token?.Expires, now, utc));
        Append(text, "token_lifetime_seconds", "The TTL that the login gave; 0: there is no token yet, or it has no end.", "gauge", Number(token?.FirstTtl.TotalSeconds ?? 0));
        Append(text, "next_delivery_timestamp_seconds", "When another token is wanted; 0: none is.", "gauge", Moment(token?.NextDelivery, now, utc));
        AppendResults(text, "secret_reads_total", "Requests to read a secret of VAULT_SECRETS again.", ref _secretReads);
        AppendResults(text, "secret_lease_renewals_total", "Requests to renew the lease of a secret of VAULT_SECRETS.", ref _leaseRenewals);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void AppendResults(StringBuilder text, string name, string help, ref Results results)
    {
        AppendHead(text, name, help, "counter");
        text.Append(Prefix).Append(name).Append("{result=\"success\"} ").Append(Interlocked.Read(ref results.Successes)).Append('\n');
        text.Append(Prefix).Append(name).Append("{result=\"failure\"} ").Append(Interlocked.Read(ref results.Failures)).Append('\n');
    }

    private static void Append(StringBuilder text, string name, string help, string type, string value)
    {
        AppendHead(text, name, help, type);
        text.Append(Prefix).Append(name).Append(' ').Append(value).Append('\n');
    }

    private static void AppendHead(StringBuilder text, string name, string help, string type)
    {
        text.Append("# HELP ").Append(Prefix).Append(name).Append(' ').Append(help).Append('\n');
        text.Append("# TYPE ").Append(Prefix).Append(name).Append(' ').Append(type).Append('\n');
    }

    private static string Moment(TimeSpan? time, TimeSpan now, DateTimeOffset utc) => Number(time is { } at ? (utc + (at - now) - DateTimeOffset.UnixEpoch).TotalSeconds : 0);

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private struct Results
    {
        public long Successes;
        public long Failures;

        public void Count(bool succeeded)
        {
            if (succeeded) Interlocked.Increment(ref Successes);
            else Interlocked.Increment(ref Failures);
        }
    }
}
