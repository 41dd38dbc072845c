using AkkaVault.Sandbox;
using AkkaVault.Tests.TestKit.Sandbox;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace AkkaVault.Browser.Tests;

/// <summary>The README's picture of the page: <c>dotnet cake --target=Picture</c>.</summary>
[Collection(ChromiumTests.Name)]
public sealed class PagePictureTests(Chromium chromium, ITestOutputHelper output) : ControllerClusterTest(output)
{
    private const int Pods = 30;

    [SkippableFact]
    public async Task A_cluster_that_serves_pods_and_is_refused_one_secret()
    {
        var file = Environment.GetEnvironmentVariable("AKKAVAULT_PICTURE");
        Skip.If(string.IsNullOrEmpty(file), "AKKAVAULT_PICTURE does not name the file to write");
        Skip.If(Chromium.Missing is not null, Chromium.Missing);
        await StartAsync();
        for (var pod = 0; pod < Pods; pod++) await ServeAsync();
        Cluster.Vault.Setup.CreateAppRole("payments");
        await Cluster.RunPodAsync(Cluster.Plan("payments-0", "team-blue") with { Role = "payments", RoleId = Cluster.Vault.Setup.ReadRoleId("payments") });
        await using var window = await chromium.OpenAsync(new Uri($"http://{Cluster.Controllers.AddressOf(0)}:{ControllerPlace.ManagementPort}/"), width: 1100);
        await Expect(window.Page.Locator("#pods")).ToContainTextAsync("Grant update on");
        await Expect(window.Page.Locator("#latency")).ToContainTextAsync($"{Pods} pods were served");
        await window.Page.ScreenshotAsync(new PageScreenshotOptions { Path = file });
    }
}
