using System.Globalization;

namespace AkkaVault.InitContainer.Sidecar;

/// <summary>When this container was started, as a process that was just begun in it can tell.</summary>
internal static class ContainerStart
{
    /// <summary>The unit of times below <c>/proc</c>: the same on each architecture that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>How much older the container's first process is than this one, from now back.</summary>
    /// <param name="proc">Where procfs is.</param>
    /// <param name="now">The time, soon after this process began.</param>
    /// <returns>Null where procfs does not tell.</returns>
    public static DateTime? Read(string proc, DateTime now)
    {
        // Neither uptime nor the boot time: some nodes show containers other ones than those that processes are counted from.
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
