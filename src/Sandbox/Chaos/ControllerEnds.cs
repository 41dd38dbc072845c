using System.Globalization;
using System.Text.RegularExpressions;

namespace AkkaVault.Sandbox.Chaos;

/// <summary>
/// Restarts controllers that ended by themselves, as a StatefulSet does. It counts each such end by its cause: the others downed the
/// controller although it lived and was not suspended, the others downed it after a pause that no fault caused, or the controller crashed.
/// </summary>
/// <param name="controllers">The controllers.</param>
/// <param name="say">Receives a message for each end.</param>
public sealed partial class ControllerEnds(ControllerGroup controllers, Action<string> say)
{
    private const string Downed = "the others have taken it out of the cluster";

    /// <summary>During a shorter pause, the other controllers miss no more heartbeats than they tolerate.</summary>
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(2);

    /// <summary>How many controllers the others downed without a reason.</summary>
    public int FalseDownings { get; private set; }

    /// <summary>
    /// How many controllers the others downed after a pause of two seconds or
    /// more. The logs of the downed controllers name the length of the pause.
    /// </summary>
    public int HeldDownings { get; private set; }

    /// <summary>How many controllers ended for any other reason.</summary>
    public int Crashes { get; private set; }

    /// <summary>Checks all controllers but the victim of the present fault.</summary>
    public async Task LookAsync(int? but)
    {
        for (var index = 0; index < controllers.Count; index++)
        {
            if (index == but || !controllers[index].Process.HasExited) continue;
            // After its exit, the output of the process is complete.
            var exit = await controllers[index].Process.ExitAsync().ConfigureAwait(false);
            var output = controllers[index].Process.Output;
            if (output.LastOrDefault(line => line.Contains(Downed, StringComparison.Ordinal)) is not { } downed) Crashes++;
            else if (PauseIn(downed) >= Held) HeldDownings++;
            else FalseDownings++;
            say($"controller {index} ended by itself with {exit}: {output.LastOrDefault()}");
            await controllers.StartAsync(index).ConfigureAwait(false);
        }
    }

    private static TimeSpan PauseIn(string line) =>
        PausePattern().Match(line) is { Success: true } said ? TimeSpan.FromSeconds(double.Parse(said.Groups[1].Value, CultureInfo.InvariantCulture)) : TimeSpan.Zero;

    [GeneratedRegex(@"it was paused for (\d+\.\d) s")]
    private static partial Regex PausePattern();
}
