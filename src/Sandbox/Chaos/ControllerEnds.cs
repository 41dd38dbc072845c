using System.Globalization;
using System.Text.RegularExpressions;

namespace AkkaVault.Sandbox.Chaos;

/// <summary>
/// What a StatefulSet does: starts a controller again that ended by itself. Nobody asked it to, so each is noted: it was
/// downed though it lived and was not held, it was downed because this machine held it, or it crashed.
/// </summary>
/// <param name="controllers">The controllers.</param>
/// <param name="say">Is told of each.</param>
public sealed partial class ControllerEnds(ControllerGroup controllers, Action<string> say)
{
    private const string Downed = "the others have taken it out of the cluster";

    /// <summary>Shorter, and its heartbeats were missed for no longer than the others are to bear.</summary>
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(2);

    /// <summary>How many were downed by the others for nothing.</summary>
    public int FalseDownings { get; private set; }

    /// <summary>How many were downed by the others when this machine, as they said themselves, had held them for two seconds or more.</summary>
    public int HeldDownings { get; private set; }

    /// <summary>How many ended for any other reason.</summary>
    public int Crashes { get; private set; }

    /// <summary>Looks after all but one, which a fault has in its hands.</summary>
    public async Task LookAsync(int? but)
    {
        for (var index = 0; index < controllers.Count; index++)
        {
            if (index == but || !controllers[index].Process.HasExited) continue;
            // Then all that it said is there.
            var exit = await controllers[index].Process.ExitAsync().ConfigureAwait(false);
            var output = controllers[index].Process.Output;
            if (output.LastOrDefault(line => line.Contains(Downed, StringComparison.Ordinal)) is not { } downed) Crashes++;
            else if (HoldIn(downed) >= Held) HeldDownings++;
            else FalseDownings++;
            say($"controller {index} ended by itself with {exit}: {output.LastOrDefault()}");
            await controllers.StartAsync(index).ConfigureAwait(false);
        }
    }

    private static TimeSpan HoldIn(string line) =>
        HoldPattern().Match(line) is { Success: true } said ? TimeSpan.FromSeconds(double.Parse(said.Groups[1].Value, CultureInfo.InvariantCulture)) : TimeSpan.Zero;

    [GeneratedRegex(@"it was held for (\d+\.\d) s")]
    private static partial Regex HoldPattern();
}
