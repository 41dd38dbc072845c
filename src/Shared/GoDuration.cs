using System.Globalization;

namespace AkkaVault.Shared;

/// <summary>
/// Durations as Go's <c>time.ParseDuration</c> reads them (<c>300ms</c>, <c>1.5h</c>, <c>1h30m</c>, <c>-2s</c>):
/// the original's <c>TIMEOUT</c> and Vault's TTLs have this notation.
/// </summary>
public static class GoDuration
{
    private const string Expected =
        "a Go duration: a number with a unit (ns, us, µs, ms, s, m, h), fractions and sums allowed, such as 300ms, 1.5h or 1h30m";

    private const decimal LongestNegative = long.MaxValue + 1m;

    /// <summary>Reads a duration. Anything below 100 ns is cut off.</summary>
    /// <param name="text">The text, for example <c>5m</c>.</param>
    /// <param name="duration">The duration, if the text is one.</param>
    /// <param name="error">What was expected, if the text is not a duration.</param>
    public static bool TryParse(string? text, out TimeSpan duration, out string? error)
    {
        duration = default;
        error = $"expected {Expected}";
        if (string.IsNullOrEmpty(text)) return false;

        var rest = text.AsSpan();
        var negative = rest[0] == '-';
        if (rest[0] is '-' or '+') rest = rest[1..];
        if (rest is "0")
        {
            error = null;
            return true;
        }

        if (rest.IsEmpty) return false;
        decimal ticks = 0;
        while (!rest.IsEmpty)
        {
            var digits = NumberLength(rest);
            if (digits == 0 || !TryParseNumber(rest[..digits], out var number)) return false;
            rest = rest[digits..];
            var unit = UnitLength(rest);
            if (TicksIn(rest[..unit]) is not { } ticksInUnit) return false;
            rest = rest[unit..];
            if (number > long.MaxValue / ticksInUnit)
            {
                error = $"is longer than {TimeSpan.MaxValue.TotalDays:F0} days";
                return false;
            }

            ticks += number * ticksInUnit;
        }

        if (ticks >= (negative ? LongestNegative : long.MaxValue) + 1)
        {
            error = $"is longer than {TimeSpan.MaxValue.TotalDays:F0} days";
            return false;
        }

        duration = TimeSpan.FromTicks((long)(negative ? -ticks : ticks));
        error = null;
        return true;
    }

    /// <summary>Writes a duration, such as <c>1h30m0s</c> or <c>250ms</c>. <see cref="TryParse"/> reads the same duration from the text.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero) return "0s";
        var sign = duration < TimeSpan.Zero ? "-" : "";
        var ticks = Math.Abs((decimal)duration.Ticks);
        if (ticks < TimeSpan.TicksPerSecond)
        {
            var (unit, scale) = ticks >= TimeSpan.TicksPerMillisecond ? ("ms", 10_000m)
                : ticks >= TimeSpan.TicksPerMicrosecond ? ("us", 10m)
                : ("ns", 0.01m);
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{ticks / scale:0.####}{unit}");
        }

        var hours = (long)(ticks / TimeSpan.TicksPerHour);
        var minutes = (long)(ticks % TimeSpan.TicksPerHour / TimeSpan.TicksPerMinute);
        var seconds = ticks % TimeSpan.TicksPerMinute / TimeSpan.TicksPerSecond;
        var lead = hours > 0 ? $"{hours}h{minutes}m" : minutes > 0 ? $"{minutes}m" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{lead}{seconds:0.#######}s");
    }

    private static int NumberLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && (char.IsAsciiDigit(text[length]) || text[length] == '.')) length++;
        return length;
    }

    private static int UnitLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && !char.IsAsciiDigit(text[length]) && text[length] != '.') length++;
        return length;
    }

    private static bool TryParseNumber(ReadOnlySpan<char> text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);

    private static decimal? TicksIn(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 0.01m,
        "us" or "µs" or "μs" => TimeSpan.TicksPerMicrosecond,
        "ms" => TimeSpan.TicksPerMillisecond,
        "s" => TimeSpan.TicksPerSecond,
        "m" => TimeSpan.TicksPerMinute,
        "h" => TimeSpan.TicksPerHour,
        _ => null,
    };
}
