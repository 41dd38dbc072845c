using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using AkkaVault.Controller.Members;

namespace AkkaVault.Controller.Hosting.Metrics;

/// <summary>
/// The metrics at one moment, for other pages of this program: read from what a scraper gets, so that none of them can show anything else.
/// Names are without <see cref="ControllerMetrics.Prefix"/>.
/// </summary>
internal sealed class MetricsReading
{
    private const string UpperBound = "le";
    private const string Infinite = "+Inf";

    private readonly ILookup<string, Sample> _samples;

    /// <param name="exposition">The answer of <c>/metrics</c>.</param>
    public MetricsReading(string exposition) => _samples = exposition.Split('\n')
        .Where(line => line.StartsWith(ControllerMetrics.Prefix, StringComparison.Ordinal))
        .Select(Sample.Parse).ToLookup(sample => sample.Name, StringComparer.Ordinal);

    private sealed record Sample(string Name, ImmutableDictionary<string, string> Labels, double Value)
    {
        public static Sample Parse(string line)
        {
            var name = line.AsSpan(ControllerMetrics.Prefix.Length);
            var labels = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            var end = name.IndexOfAny('{', ' ');
            var rest = name[end..];
            while (rest[0] is '{' or ',')
            {
                var equals = rest.IndexOf('=');
                var label = rest[1..equals].ToString();
                labels[label] = Quoted(rest[(equals + 1)..], out var taken);
                rest = rest[(equals + 1 + taken)..];
            }

            return new Sample(name[..end].ToString(), labels.ToImmutable(), double.Parse(rest[0] == '}' ? rest[1..] : rest, NumberStyles.Float, CultureInfo.InvariantCulture));
        }

        private static string Quoted(ReadOnlySpan<char> text, out int taken)
        {
            var value = new StringBuilder();
            for (taken = 1; text[taken] != '"'; taken++)
            {
                if (text[taken] == '\\') taken++;
                else
                {
                    value.Append(text[taken]);
                    continue;
                }

                value.Append(text[taken] == 'n' ? '\n' : text[taken]);
            }

            taken++;
            return value.ToString();
        }
    }

    /// <summary>The metrics now.</summary>
    public static async Task<MetricsReading> OfAsync(ControllerMetrics metrics, CancellationToken cancellation)
    {
        using var text = new MemoryStream();
        await metrics.Registry.CollectAndExportAsTextAsync(text, cancellation).ConfigureAwait(false);
        return new MetricsReading(Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length));
    }

    /// <summary>The sum of a metric over its labels; 0: there is none.</summary>
    public double Sum(string name) => _samples[name].Sum(sample => sample.Value);

    /// <summary>The sums of a metric by one of its labels, without those that are 0.</summary>
    public IEnumerable<(string Value, double Sum)> SumsBy(string name, string label) =>
        _samples[name].GroupBy(sample => sample.Labels[label], (value, same) => (value, same.Sum(sample => sample.Value))).Where(one => one.Item2 != 0);

    /// <summary>A histogram without labels.</summary>
    public LatencyHistogram Histogram(string name) => new(
        [.. _samples[$"{name}_bucket"].Where(sample => sample.Labels[UpperBound] != Infinite)
            .Select(sample => new LatencyBucket(double.Parse(sample.Labels[UpperBound], NumberStyles.Float, CultureInfo.InvariantCulture), (long)sample.Value))
            .OrderBy(bucket => bucket.UpToSeconds)],
        (long)Sum($"{name}_count"));
}
