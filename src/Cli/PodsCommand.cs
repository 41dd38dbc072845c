using System.Globalization;
using AkkaVault.Cli.Output;
using AkkaVault.Contracts;
using Spectre.Console;

namespace AkkaVault.Cli;

/// <summary><c>akkavault pods</c>: the runs that wait for a secret.</summary>
internal static class PodsCommand
{
    /// <summary>The time between two requests of <c>--watch</c>.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Runs the command.</summary>
    /// <param name="session">The options that all commands have.</param>
    /// <param name="failing">Whether to show only runs whose last attempt failed.</param>
    /// <param name="watch">Whether to repeat the command until it is cancelled.</param>
    /// <param name="cancellation">Ends the command.</param>
    public static async Task<int> RunAsync(Session session, bool failing, bool watch, CancellationToken cancellation)
    {
        var pods = Chosen(await AskAsync(session, cancellation).ConfigureAwait(false), failing);
        Show(session, pods, watch);
        if (!watch) return failing && pods.Pods.Count > 0 ? ExitCodes.Wrong : ExitCodes.Fine;
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false)) await RefreshAsync(session, failing, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // A user ends --watch with Ctrl-C.
            return ExitCodes.Fine;
        }

        return ExitCodes.Fine;
    }

    /// <summary>The runs that the user asked for, the oldest first.</summary>
    public static PodsDocument Chosen(PodsDocument document, bool failing) => document with
    {
        Pods = [.. document.Pods.Where(pod => !failing || IsFailing(pod)).OrderBy(pod => pod.SeenAt).ThenBy(pod => $"{pod.Namespace}/{pod.Pod}", StringComparer.Ordinal)],
    };

    /// <summary>Whether the run still waits for its secret and its last attempt failed.</summary>
    public static bool IsFailing(PodRunDocument pod) => pod.LastError is { Length: > 0 } && pod.State is not ("delivered" or "cancelled");

    private static async Task RefreshAsync(Session session, bool failing, CancellationToken cancellation)
    {
        try
        {
            Show(session, Chosen(await AskAsync(session, cancellation).ConfigureAwait(false), failing), true);
        }
        catch (CommandException e)
        {
            // A restarted controller answers again soon, so --watch goes on.
            CommandOutput.Note(e.Message);
            session.Forget();
        }
    }

    private static async Task<PodsDocument> AskAsync(Session session, CancellationToken cancellation)
    {
        var management = await session.ManagementAsync(cancellation).ConfigureAwait(false);
        return await management.PodsAsync(cancellation).ConfigureAwait(false);
    }

    private static void Show(Session session, PodsDocument pods, bool watch)
    {
        if (watch) session.Output.Redraw(pods, CliJson.Readable.PodsDocument, Table);
        else session.Output.Write(pods, CliJson.Readable.PodsDocument, Table);
        if (pods.Unanswered.Count > 0) CommandOutput.Note($"{string.Join(", ", pods.Unanswered)} did not answer in time: what they work at is not complete here");
        if (pods.Omitted > 0) CommandOutput.Note($"{pods.Omitted} more were left out: there are too many");
    }

    private static Table Table(PodsDocument document)
    {
        var table = CommandOutput.Columns("POD", "ROLE", "STATE", "ATTEMPTS", "AGE", "NODE", "LAST ERROR");
        foreach (var pod in document.Pods)
            CommandOutput.Row(table, $"{pod.Namespace}/{pod.Pod}", pod.Role, pod.IsRedelivery ? $"{pod.State} (redelivery)" : pod.State, $"{pod.Attempts}", Age(pod.AgeSeconds), pod.Node ?? "", pod.LastError ?? "");
        return table;
    }

    private static string Age(double seconds) => seconds switch
    {
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, seconds):0}s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0}h"),
    };
}
