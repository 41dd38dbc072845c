using System.ComponentModel;
using System.Diagnostics;
using AkkaVault.Cli.Output;
using Spectre.Console;

namespace AkkaVault.Cli;

/// <summary><c>akkavault dashboard</c>: where the page is.</summary>
internal static class DashboardCommand
{
    /// <summary>Runs.</summary>
    /// <param name="session">What all commands are given.</param>
    /// <param name="open">Whether a browser is to show it.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<int> RunAsync(Session session, bool open, CancellationToken cancellation)
    {
        // A controller of an earlier version, or one without the page, has no such path; the message says what to look at.
        var status = await session.Management.StatusAsync(cancellation).ConfigureAwait(false);
        var page = session.Management.Address;
        session.Output.Write(new DashboardAnswer(page.AbsoluteUri, status.SelfNode), CliJson.Readable.DashboardAnswer, DashboardAnswer.Table);
        if (InPod) CommandOutput.Note($"there is no browser in a controller's pod; on your machine: kubectl -n {Environment.GetEnvironmentVariable("POD_NAMESPACE") ?? "kubernetes-vault"} port-forward {Environment.MachineName} {page.Port}, and open http://localhost:{page.Port}/");
        else if (open) Open(page);
        return ExitCodes.Fine;
    }

    // The kubelet sets it in every pod.
    private static bool InPod => Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is { Length: > 0 };

    private static void Open(Uri page)
    {
        try
        {
            using var browser = Process.Start(new ProcessStartInfo(OperatingSystem.IsMacOS() ? "open" : "xdg-open", [page.AbsoluteUri]));
        }
        catch (Win32Exception)
        {
            CommandOutput.Note($"no browser could be started; open {page} yourself");
        }
    }
}

/// <summary>The answer of <c>dashboard</c>.</summary>
/// <param name="Page">The page's address.</param>
/// <param name="Node">The member that shows it.</param>
internal sealed record DashboardAnswer(string Page, string Node)
{
    /// <summary>As a table.</summary>
    public static Table Table(DashboardAnswer answer)
    {
        var table = CommandOutput.Columns("PAGE", "NODE");
        CommandOutput.Row(table, answer.Page, answer.Node);
        return table;
    }
}
