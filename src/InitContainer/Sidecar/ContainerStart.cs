using System.Globalization;

namespace AkkaVault.InitContainer.Sidecar;

/// <summary>When this container was started, as seen by a new process in it.</summary>
internal static class ContainerStart
{
    /// <summary>The unit of times below <c>/proc</c>: the same on each architecture that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>The start of the container's first process, from the difference to the start of this process.</summary>
    /// <param name="proc">The path of procfs.</param>
    /// <param name="now">The time, soon after this process began.</param>
    /// <returns>Null: procfs does not say.</returns>
    public static DateTime? Read(string proc, DateTime now)
    {
        // The uptime and the boot time cannot be used: on some nodes a container sees other ones than those that the start times of processes are relative to.
        return StartOf(proc, "1") is { } first && StartOf(proc, "self") is { } own ? now.AddSeconds((first - own) / TicksPerSecond) : null;
    }

    private static long? StartOf(string proc, string process)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(proc, process, "stat"));
            // proc(5): the second field is a name in parentheses, which may hold anything; starttime is the 22nd.
            var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return fields.Length > 19 && long.TryParse(fields[19], CultureInfo.InvariantCulture, out var ticks) ? ticks : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
