using System.Globalization;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>What a process has used until now, as <c>/proc</c> says.</summary>
/// <param name="Cpu">Time on a processor, in user and kernel mode.</param>
/// <param name="ResidentMegabytes">Memory that is resident, shared libraries included.</param>
/// <param name="AnonymousMegabytes">Memory that is resident and backed by no file.</param>
internal sealed record ProcessWeight(TimeSpan Cpu, double ResidentMegabytes, double AnonymousMegabytes)
{
    // USER_HZ is 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>Reads it.</summary>
    /// <exception cref="IOException">The process has ended.</exception>
    public static ProcessWeight Read(int id)
    {
        // proc(5): the command is in parentheses and may contain anything; utime and stime are the 12th and 13th fields after it.
        var stat = File.ReadAllText($"/proc/{id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        var status = File.ReadAllLines($"/proc/{id}/status");
        return new ProcessWeight(TimeSpan.FromSeconds(ticks / TicksPerSecond), Megabytes(status, "VmRSS:"), Megabytes(status, "RssAnon:"));
    }

    private static double Megabytes(string[] status, string key) =>
        Math.Round(double.Parse(status.Single(line => line.StartsWith(key, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1], CultureInfo.InvariantCulture) / 1024, 1);
}
