using System.Globalization;
using AkkaVault.Sandbox.Vault;
using static AkkaVault.EndToEnd.Tests.InitContainer.SidecarVault;

namespace AkkaVault.EndToEnd.Tests.InitContainer;

/// <summary>Scrapes of a sidecar, each over a connection of its own.</summary>
public sealed class SidecarScrapeTests
{
    private const long MiB = 1024 * 1024;

    [Fact]
    public async Task Scrapes_for_hours_do_not_fill_the_memory()
    {
        await using var vault = await StartVaultAsync(new AppRoleSettings());
        await using var sidecar = await StartAsync(vault);
        Assert.Equal(200, (await sidecar.PushAsync(await PushAsync(vault))).Status);
        await ScrapeAsync(sidecar, 100);
        var before = Memory(sidecar);
        // Without a collection of garbage they would take more than 20 MiB.
        await ScrapeAsync(sidecar, 500);
        Assert.InRange(Memory(sidecar), 0, before + (8 * MiB));
    }

    private static async Task ScrapeAsync(InitProcess sidecar, int times)
    {
        for (var scrape = 0; scrape < times; scrape++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "metrics") { Headers = { ConnectionClose = true } };
            using var answer = await sidecar.Http.SendAsync(request);
            Assert.Contains("akkavault_sidecar_deliveries_total 1\n", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private static long Memory(InitProcess sidecar) => 1024 * long.Parse(
        File.ReadLines($"/proc/{sidecar.Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
}
