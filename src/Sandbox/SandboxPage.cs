using System.ComponentModel;
using System.Diagnostics;

namespace AkkaVault.Sandbox;

/// <summary>The page of the controllers' management port: where it is, and how it is opened.</summary>
public static class SandboxPage
{
    /// <summary>A setup whose controllers have the page; several have it anyway.</summary>
    /// <param name="setup">The setup.</param>
    /// <param name="page">The page's address, once the controllers run: the first controller's, and any other has it, too.</param>
    public static SandboxSetup WithPage(this SandboxSetup setup, out Func<SandboxCluster, Uri> page)
    {
        if (setup.Controllers > 1)
        {
            page = cluster => new Uri($"http://{cluster.Controllers.AddressOf(0)}:{ControllerPlace.ManagementPort}");
            return setup;
        }

        var address = $"127.0.0.1:{ControllerProcess.FreePort()}";
        page = _ => new Uri($"http://{address}");
        return setup with { More = cluster => $"{setup.More(cluster)}\nmanagement:\n  address: \"{address}\"" };
    }

    /// <summary>Starts the browser of this machine.</summary>
    /// <param name="page">What it shows.</param>
    /// <param name="say">Is told why not.</param>
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
