using System.Text;
using AkkaVault.InitContainer.Sidecar;

namespace AkkaVault.Actors.Tests.InitContainer;

/// <summary>What a sidecar tells scrapers.</summary>
public sealed class SidecarMetricsTests
{
    private static readonly DateTimeOffset s_utc = new(2026, 11, 24, 1, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_now = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private readonly SidecarMetrics _metrics = new();

    [Fact]
    public void Before_the_first_token_all_is_there_and_0() => Assert.Equal(
        """
        # HELP akkavault_sidecar_renewals_total Requests to renew the token.
        # TYPE akkavault_sidecar_renewals_total counter
        akkavault_sidecar_renewals_total{result="success"} 0
        akkavault_sidecar_renewals_total{result="failure"} 0
        # HELP akkavault_sidecar_deliveries_total Tokens that were delivered to this run.
        # TYPE akkavault_sidecar_deliveries_total counter
        akkavault_sidecar_deliveries_total 0
        # HELP akkavault_sidecar_token_expires_timestamp_seconds When the token ends unless it is renewed; 0: there is none yet, or it has no end.
        # TYPE akkavault_sidecar_token_expires_timestamp_seconds gauge
        akkavault_sidecar_token_expires_timestamp_seconds 0
        # HELP akkavault_sidecar_token_lifetime_seconds The TTL that the login gave; 0: there is no token yet, or it has no end.
        # TYPE akkavault_sidecar_token_lifetime_seconds gauge
        akkavault_sidecar_token_lifetime_seconds 0
        # HELP akkavault_sidecar_next_delivery_timestamp_seconds When another token is wanted; 0: none is.
        # TYPE akkavault_sidecar_next_delivery_timestamp_seconds gauge
        akkavault_sidecar_next_delivery_timestamp_seconds 0
        # HELP akkavault_sidecar_secret_reads_total Requests to read a secret of VAULT_SECRETS again.
        # TYPE akkavault_sidecar_secret_reads_total counter
        akkavault_sidecar_secret_reads_total{result="success"} 0
        akkavault_sidecar_secret_reads_total{result="failure"} 0
        # HELP akkavault_sidecar_secret_lease_renewals_total Requests to renew the lease of a secret of VAULT_SECRETS.
        # TYPE akkavault_sidecar_secret_lease_renewals_total counter
        akkavault_sidecar_secret_lease_renewals_total{result="success"} 0
        akkavault_sidecar_secret_lease_renewals_total{result="failure"} 0

        """,
        Text());

    [Fact]
    public void What_is_told_is_counted_by_its_result()
    {
        _metrics.Delivered();
        _metrics.Delivered();
        _metrics.Renewed(true);
        _metrics.Renewed(true);
        _metrics.Renewed(false);
        _metrics.SecretRead(true);
        _metrics.LeaseRenewed(false);
        Assert.Equal(
            [2, 2, 1, 1, 0, 0, 1],
            ((string[])["deliveries_total", "renewals_total{result=\"success\"}", "renewals_total{result=\"failure\"}", "secret_reads_total{result=\"success\"}", "secret_reads_total{result=\"failure\"}", "secret_lease_renewals_total{result=\"success\"}", "secret_lease_renewals_total{result=\"failure\"}"]).Select(Value));
    }

    [Fact]
    public void Times_are_those_of_scrapers_whatever_the_monotonic_clock_began_with()
    {
        _metrics.Changed(SidecarRenewal.Begin(new TokenLease(s_hour, s_now, new TokenLife(s_now + (s_hour * 24), null), s_now + (s_hour * 16)), s_now, 0).State);
        var begun = s_utc.ToUnixTimeSeconds();
        Assert.Equal([begun + 3600, 3600, begun + (16 * 3600)], ((string[])["token_expires_timestamp_seconds", "token_lifetime_seconds", "next_delivery_timestamp_seconds"]).Select(Value));
    }

    [Fact]
    public void A_token_without_an_end_never_expires()
    {
        _metrics.Changed(SidecarRenewal.Begin(new TokenLease(TimeSpan.Zero, s_now, TokenLife.NoEndKnown, null), s_now, 0).State);
        Assert.Equal([0, 0, 0], ((string[])["token_expires_timestamp_seconds", "token_lifetime_seconds", "next_delivery_timestamp_seconds"]).Select(Value));
    }

    private string Text() => Encoding.UTF8.GetString(_metrics.Write(s_now, s_utc));

    private double Value(string name) => double.Parse(
        Text().Split('\n').Single(line => line.StartsWith($"akkavault_sidecar_{name} ", StringComparison.Ordinal)).Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
}
