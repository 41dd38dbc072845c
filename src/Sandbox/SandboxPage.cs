using System.ComponentModel;
using System.Diagnostics;
using AkkaVault.Sandbox.Network;

namespace AkkaVault.Sandbox;

/// <summary>The page of the controllers' management port: where it is, and how it is opened.</summary>
public static class SandboxPage
{
    /// <summary>Lets the controllers of a setup serve the page. Several controllers serve it in any case.</summary>
    /// <param name="setup">The setup.</param>
    /// <param name="page">Gives the page's address at the first controller, once the controllers run. Every other controller serves the page, too.</param>
    public static SandboxSetup WithPage(this SandboxSetup setup, out Func<SandboxCluster, Uri> page)
    {
        if (setup.Controllers > 1)
        {
            page = cluster => new Uri($"http://{cluster.Controllers.AddressOf(0)}:{ControllerPlace.ManagementPort}");
            return setup;
        }

        var address = $"127.0.0.1:{FreePort.Next()}";
        page = _ => new Uri($"http://{address}");
        return setup with { More = cluster => $"{setup.More(cluster)}\nmanagement:\n  address: \"{address}\"" };
    }

    /// <summary>Starts the browser of this machine.</summary>
    /// <param name="page">The address that the browser shows.</param>
    /// <param name="say">Receives a message when no browser could be started.</param>
    public static void Open(Uri page, Action<string> say)
    {
        try
        {
            using var browser = Process.Start(new ProcessStartInfo(OperatingSystem.IsMacOS() ? "open" : "xdg-open", [page.AbsoluteUri]));
        }
        catch (Win32Exception)
        {
            say($"no browser could be started; open {page} yourself");
        }
    }
}
