namespace AkkaVault.Sandbox.Chaos;

/// <summary>
/// What a StatefulSet does: starts a controller again that ended by itself. Nobody asked it to, so each is noted: it was
/// downed though it lived and was not held, or it crashed.
/// </summary>
/// <param name="controllers">The controllers.</param>
/// <param name="say">Is told of each.</param>
public sealed class ControllerEnds(ControllerGroup controllers, Action<string> say)
{
    private const string Downed = "the others have taken it out of the cluster";

    /// <summary>How many were downed by the others for nothing.</summary>
    public int FalseDownings { get; private set; }

    /// <summary>How many ended for any other reason.</summary>
    public int Crashes { get; private set; }

    /// <summary>Looks after all but one, which a fault has in its hands.</summary>
    public async Task LookAsync(int? but)
    {
        for (var index = 0; index < controllers.Count; index++)
        {
            if (index == but || !controllers[index].Process.HasExited) continue;
            var output = controllers[index].Process.Output;
            if (output.Any(line => line.Contains(Downed, StringComparison.Ordinal))) FalseDownings++;
            else Crashes++;
            say($"controller {index} ended by itself with {await controllers[index].Process.ExitAsync().ConfigureAwait(false)}: {output.LastOrDefault()}");
            await controllers.StartAsync(index).ConfigureAwait(false);
        }
    }
}
