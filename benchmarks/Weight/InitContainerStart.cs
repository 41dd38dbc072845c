using System.Globalization;
using System.Text.RegularExpressions;
using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Benchmarks.Weight;

/// <summary>The start of an init container, with the executable that is in the image, as <c>benchmarks/init-start.sh</c> measures it.</summary>
/// <param name="Milliseconds">From exec to its first TLS handshake, the median.</param>
/// <param name="ResidentMegabytes">Resident memory at that time, the median.</param>
internal sealed partial record InitContainerStart(double Milliseconds, double ResidentMegabytes)
{
    /// <summary>Runs the script.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<InitContainerStart> MeasureAsync(Action<string> say, CancellationToken cancellation)
    {
        var program = await InitContainerProgram.LocateImageAsync(say, cancellation).ConfigureAwait(false);
        await using var script = ChildProcess.Start(new ProgramCommand("bash", [Path.Combine(AppContext.BaseDirectory, "init-start.sh")]), [program], new Dictionary<string, string>());
        var exit = await script.ExitAsync(cancellation).ConfigureAwait(false);
        var result = Result().Match(string.Join('\n', script.Output));
        if (exit != 0 || !result.Success) throw new InvalidOperationException($"init-start.sh ended with {exit}:\n{string.Join('\n', script.Output.TakeLast(20))}");
        say(result.Value);
        return new InitContainerStart(Number(result.Groups[1]), Number(result.Groups[2]));
    }

    private static double Number(Group text) => double.Parse(text.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"median ([\d.]+) ms.*RSS median ([\d.]+) MiB")]
    private static partial Regex Result();
}
