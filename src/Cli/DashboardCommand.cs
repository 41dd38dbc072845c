using System.ComponentModel;
using System.Diagnostics;
using AkkaVault.Cli.Controllers;
using AkkaVault.Cli.Output;
using Spectre.Console;

namespace AkkaVault.Cli;

/// <summary><c>akkavault dashboard</c>: the address of the page.</summary>
internal static class DashboardCommand
{
    /// <summary>Runs the command.</summary>
    /// <param name="session">The options that all commands have.</param>
    /// <param name="open">Whether to open the page in a browser.</param>
    /// <param name="cancellation">Ends the command.</param>
    public static async Task<int> RunAsync(Session session, bool open, CancellationToken cancellation)
    {
        var management = await session.ManagementAsync(cancellation).ConfigureAwait(false);
        // A controller of an earlier version, or one without the page, has no such path; the message says what to look at.
        var status = await management.StatusAsync(cancellation).ConfigureAwait(false);
        if (session.Controllers is { } controllers) return await ForwardAsync(session, controllers, management.Address.Host, status.SelfNode, open, cancellation).ConfigureAwait(false);
        var page = management.Address;
        Write(session, page, status.SelfNode);
        if (InPod) CommandOutput.Note($"there is no browser in a controller's pod; on your machine: kubectl -n {Environment.GetEnvironmentVariable("POD_NAMESPACE") ?? "kubernetes-vault"} port-forward {Environment.MachineName} {page.Port}, and open http://localhost:{page.Port}/");
        else if (open) Open(page);
        return ExitCodes.Fine;
    }

    private static async Task<int> ForwardAsync(Session session, ForwardedControllers controllers, string host, string node, bool open, CancellationToken cancellation)
    {
        using var forward = new LocalForward(ended => controllers.OpenAsync(host, ended), CommandOutput.Note);
        var page = forward.Start();
        Write(session, page, node);
        CommandOutput.Note("the page is there until Ctrl-C");
        if (open) Open(page);
        try
        {
            await forward.RunAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // A user ends the command with Ctrl-C.
        }

        return ExitCodes.Fine;
    }

    private static void Write(Session session, Uri page, string node) => session.Output.Write(new DashboardAnswer(page.AbsoluteUri, node), CliJson.Readable.DashboardAnswer, DashboardAnswer.Table);

    // The kubelet sets this variable in every pod.
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
    /// <summary>The answer as a table.</summary>
    public static Table Table(DashboardAnswer answer)
    {
        var table = CommandOutput.Columns("PAGE", "NODE");
        CommandOutput.Row(table, answer.Page, answer.Node);
        return table;
    }
}
