using AkkaVault.Sandbox;
using AkkaVault.Tests.TestKit.Sandbox;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace AkkaVault.Browser.Tests;

/// <summary>The page of real controllers, in a browser.</summary>
[Collection(ChromiumTests.Name)]
public sealed class ClusterPageTests(Chromium chromium, ITestOutputHelper output) : ControllerClusterTest(output)
{
    [SkippableFact]
    public async Task Pods_are_served_Vault_is_sealed_and_the_leader_dies_before_ones_eyes()
    {
        Skip.If(Chromium.Missing is not null, Chromium.Missing);
        await StartAsync();
        var leader = await LeaderAsync();
        var asked = (leader + 1) % 3;
        await using var window = await chromium.OpenAsync(new Uri($"http://{Cluster.Controllers.AddressOf(asked)}:{ControllerPlace.ManagementPort}/"));
        await Expect(window.Tile("leader")).ToHaveTextAsync($"{Cluster.Controllers.AddressOf(leader)}:2552");
        await ServeAsync();
        await Expect(window.Page.Locator("#deliveries")).ToContainTextAsync("default/pod-0");

        Cluster.Vault.Seal();
        var waiting = await RunAsync();
        await Expect(window.Page.Locator("#pods")).ToContainTextAsync("Unseal Vault");
        await Expect(window.Page.Locator("#problems")).ToContainTextAsync("Vault does not serve");
        Cluster.Vault.Unseal();
        await ServedOnceAsync([waiting]);
        await Expect(window.Rows("pods")).ToHaveTextAsync(["No pod waits."]);

        await Cluster.Controllers.KillAsync(leader);
        await Expect(window.Tile("leader")).Not.ToHaveTextAsync($"{Cluster.Controllers.AddressOf(leader)}:2552");
        await Expect(window.Tile("leader")).ToContainTextAsync(":2552");
        await ServeAsync();
        await Expect(window.Rows("deliveries").First).ToContainTextAsync("default/pod-2");
    }
}
