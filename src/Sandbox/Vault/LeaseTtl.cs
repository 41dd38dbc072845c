using AkkaVault.Shared;

namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// Computes how long a token lives from now, at its creation and at each renewal, by the rule of Vault's framework
/// (https://developer.hashicorp.com/vault/docs/concepts/tokens#token-time-to-live-periodic-tokens-and-explicit-max-ttls).
/// A periodic token gets its whole period each time, and only the explicit maximum limits it. Any other token ends at the
/// latest when the smallest maximum after its creation is over.
/// </summary>
internal static class LeaseTtl
{
    /// <param name="increment">The TTL in the request; zero: none.</param>
    /// <param name="own">The TTL of the token or its role; zero: none.</param>
    /// <param name="period">The period; zero: not periodic.</param>
    /// <param name="max">The maximum of the role; zero: none.</param>
    /// <param name="explicitMax">The maximum that also limits periodic tokens; zero: none.</param>
    /// <param name="start">When the token was created.</param>
    /// <param name="now">The current time.</param>
    /// <param name="warnings">Receives Vault's warnings about a TTL that was shortened.</param>
    public static TimeSpan Of(
        TimeSpan increment, TimeSpan own, TimeSpan period, TimeSpan max, TimeSpan explicitMax, DateTimeOffset start, DateTimeOffset now,
        ICollection<string> warnings)
    {
        // Vault truncates both times to whole seconds.
        (start, now) = (WholeSeconds(start), WholeSeconds(now));
        var greatest = Least(TokenBackend.SystemMaxTtl, max, explicitMax);
        var periodic = period > TimeSpan.Zero;
        if (periodic && period > greatest)
        {
            warnings.Add($"period of \"{Shortened(period)}\" exceeded the effective max_ttl of \"{Shortened(greatest)}\"; period value is capped accordingly");
            period = greatest;
        }

        var ttl = periodic ? period : increment > TimeSpan.Zero ? increment : own > TimeSpan.Zero ? own : TokenBackend.SystemMaxTtl;
        if (periodic && explicitMax == TimeSpan.Zero) return ttl;
        var left = start + (periodic ? explicitMax : greatest) - now;
        if (left <= TimeSpan.Zero) throw new VaultRefusal(500, VaultRefusal.OneError("past the max TTL, cannot renew"));
        if (ttl <= left) return ttl;
        warnings.Add($"TTL of \"{Shortened(ttl)}\" exceeded the effective max_ttl of \"{Shortened(left)}\"; TTL value is capped accordingly");
        return left;
    }

    /// <summary>The smallest of the limits that are set; zero means not set.</summary>
    public static TimeSpan Least(params ReadOnlySpan<TimeSpan> limits)
    {
        var least = TimeSpan.Zero;
        foreach (var limit in limits)
        {
            if (limit > TimeSpan.Zero && (least == TimeSpan.Zero || limit < least)) least = limit;
        }

        return least;
    }

    /// <summary>A duration as Go prints it, without the minutes and seconds that are zero.</summary>
    private static string Shortened(TimeSpan duration)
    {
        var text = GoDuration.Format(duration);
        if (text.EndsWith("m0s", StringComparison.Ordinal)) text = text[..^2];
        return text.Replace("h0m", "h", StringComparison.Ordinal);
    }

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
