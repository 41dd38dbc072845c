using System.Text.RegularExpressions;
using AkkaVault.Contracts;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AkkaVault.Browser.Tests;

/// <summary>The page of the management port in a browser: what it shows of a status, and to whom.</summary>
[Collection(ChromiumTests.Name)]
public sealed class PageTests(Chromium chromium)
{
    private const string Script = "<script>alert(1)</script><img src=x onerror=alert(2)>";

    [SkippableFact]
    public async Task Where_all_is_well_it_says_so_with_members_deliveries_and_ledger()
    {
        await using var server = await PageServer.StartNewAsync();
        await using var window = await chromium.OpenAsync(server.Address);
        await Expect(window.Contact).ToHaveTextAsync("Live");
        await Expect(window.Page.Locator("#verdict")).ToHaveTextAsync("All is well");
        await Expect(window.Tile("leader")).ToHaveTextAsync("10.1.0.1:2552");
        await Expect(window.Tile("pods")).ToHaveTextAsync("none");
        await Expect(window.Tile("vault")).ToHaveTextAsync("serves");
        await Expect(window.Tile("watch")).ToHaveTextAsync("answers");
        await Expect(window.Tile("ledger")).ToHaveTextAsync("2 % full");
        await Expect(window.Rows("members")).ToHaveCountAsync(3);
        await Expect(window.Rows("members").First).ToContainTextAsync("leads");
        await Expect(window.Rows("pods")).ToHaveTextAsync(["No pod waits."]);
        await Expect(window.Rows("deliveries")).ToHaveCountAsync(10);
        await Expect(window.Page.Locator("#chart rect")).ToHaveCountAsync(25);
        await Expect(window.Page.Locator("#chart")).ToHaveAttributeAsync("aria-label", new Regex("^The last 25 deliveries, .* the slowest 230 ms$"));
        await Expect(window.Rows("failures")).ToHaveTextAsync([new Regex("push\\s*not-listening\\s*12")]);
        await Expect(window.Page.Locator("#fact-next")).ToBeHiddenAsync();
    }

    [SkippableFact]
    public async Task A_pod_that_waits_is_there_with_its_reason_and_what_to_do_and_is_gone_when_it_is_served()
    {
        await using var server = await PageServer.StartNewAsync(SampleStatus.Calm with { Pods = [SampleStatus.Refused("web-0")] });
        await using var window = await chromium.OpenAsync(server.Address);
        var row = window.Rows("pods");
        await Expect(row).ToHaveCountAsync(1);
        foreach (var words in (string[])["default/web-0", "web", "42 s", "3", "Vault refuses the controllers a secret_id of the role web", "Grant update on"]) await Expect(row).ToContainTextAsync(words);
        await Expect(window.Tile("pods")).ToHaveTextAsync("1; the longest for 42 s");
        await Expect(window.Page.Locator("#verdict")).ToHaveTextAsync("1 thing needs attention");
        await Expect(window.Page).ToHaveTitleAsync("Attention – AkkaVault");
        server.Status = SampleStatus.Calm;
        await Expect(row).ToHaveTextAsync(["No pod waits."]);
        await Expect(window.Page.Locator("#verdict")).ToHaveTextAsync("All is well");
    }

    [SkippableFact]
    public async Task A_leader_that_dies_is_seen_to_be_unreachable_and_then_another_leads()
    {
        await using var server = await PageServer.StartNewAsync();
        await using var window = await chromium.OpenAsync(server.Address);
        await Expect(window.Tile("leader")).ToHaveTextAsync("10.1.0.1:2552");
        var dead = SampleStatus.Member(SampleStatus.Leader, leads: true) with { Reachable = false, Version = null, StartedAt = null, Shards = null, PodActors = null, Vault = null, Certificates = [] };
        server.Status = SampleStatus.Calm with
        {
            Members = [dead, SampleStatus.Member(SampleStatus.Second), SampleStatus.Member(SampleStatus.Third)],
            Watch = null,
            Ledger = null,
            Unanswered = [SampleStatus.Leader],
        };
        await Expect(window.Page.Locator("#problems")).ToContainTextAsync("The controller 10.1.0.1:2552 cannot be reached by the others.");
        await Expect(window.Rows("members").First).ToContainTextAsync("has not answered");
        await Expect(window.Tile("watch")).ToHaveTextAsync("not known");
        server.Status = SampleStatus.Calm with
        {
            Oldest = SampleStatus.Second,
            Members = [SampleStatus.Member(SampleStatus.Second, leads: true), SampleStatus.Member(SampleStatus.Third)],
            Watch = new WatchDocument(SampleStatus.Second, true, null),
        };
        await Expect(window.Tile("leader")).ToHaveTextAsync("10.1.0.2:2552");
        await Expect(window.Rows("members")).ToHaveCountAsync(2);
        await Expect(window.Page.Locator("#verdict")).ToHaveTextAsync("All is well");
    }

    [SkippableFact]
    public async Task A_Vault_that_is_sealed_an_API_server_that_is_away_and_a_token_that_ends_are_named()
    {
        var sealedVault = new VaultDocument(true, 57, 0.0071, 0.0238, 600, 21600);
        await using var server = await PageServer.StartNewAsync(SampleStatus.Calm with
        {
            Members = [.. SampleStatus.Calm.Members.Select(member => member with { Vault = sealedVault })],
            Pods = [SampleStatus.Refused("web-0", "Vault is sealed: 503 (attempt 3).") with { WhatToDo = "Unseal Vault; deliveries go on by themselves." }],
            Watch = new WatchDocument(SampleStatus.Leader, true, DateTime.UtcNow.AddSeconds(-30)),
        });
        await using var window = await chromium.OpenAsync(server.Address);
        await Expect(window.Tile("vault")).ToHaveTextAsync("does not serve 3 of 3");
        await Expect(window.Rows("vault").First).ToContainTextAsync("open: requests wait");
        await Expect(window.Rows("pods")).ToContainTextAsync("Unseal Vault");
        await Expect(window.Tile("watch")).ToContainTextAsync("no answer for");
        await Expect(window.Page.Locator("#problems")).ToContainTextAsync("The Vault token of 10.1.0.1:2552 ends in 10 min");
        Assert.Empty(await window.ViolationsAsync());
    }

    [SkippableFact]
    public async Task The_next_delivery_to_a_sidecar_is_there_once_one_is_due()
    {
        await using var server = await PageServer.StartNewAsync(SampleStatus.Calm with { Ledger = SampleStatus.Calm.Ledger! with { NextDeliveryAt = DateTime.UtcNow.AddMinutes(10) } });
        await using var window = await chromium.OpenAsync(server.Address);
        await Expect(window.Page.Locator("#fact-next dd")).ToHaveTextAsync("in 10 min");
    }

    [SkippableFact]
    public async Task Of_a_thousand_pods_those_that_have_waited_longest_are_listed_and_the_others_counted()
    {
        await using var server = await PageServer.StartNewAsync(SampleStatus.Calm with { Pods = [.. Enumerable.Range(0, 200).Select(number => SampleStatus.Refused($"web-{number}"))], Omitted = 800 });
        await using var window = await chromium.OpenAsync(server.Address);
        await Expect(window.Rows("pods")).ToHaveCountAsync(200);
        await Expect(window.Page.Locator("#omitted")).ToHaveTextAsync("800 more wait that are not listed here: there are too many.");
        await Expect(window.Tile("pods")).ToHaveTextAsync("1000; the longest for 42 s");
        Assert.Empty(await window.ViolationsAsync());
    }

    [SkippableFact]
    public async Task A_name_or_an_error_with_a_script_in_it_is_shown_as_it_is_written()
    {
        await using var server = await PageServer.StartNewAsync(SampleStatus.Calm with { Problem = Script, Pods = [SampleStatus.Refused(Script, Script) with { Role = Script, WhatToDo = Script }] });
        await using var window = await chromium.OpenAsync(server.Address);
        await Expect(window.Rows("pods")).ToContainTextAsync($"default/{Script}");
        await Expect(window.Page.Locator("#problems")).ToContainTextAsync(Script);
        Assert.Equal((1, 0), (await window.Page.Locator("script").CountAsync(), await window.Page.Locator("img").CountAsync()));
    }

    [SkippableFact]
    public async Task A_lost_connection_is_said_at_once_with_the_age_of_what_is_shown_and_is_taken_up_again()
    {
        await using var server = await PageServer.StartNewAsync();
        await using var window = await chromium.OpenAsync(server.Address);
        await Expect(window.Contact).ToHaveTextAsync("Live");
        await server.StopAsync();
        await Expect(window.Contact).ToHaveTextAsync(new Regex("^Lost contact with the controller. What you see is of \\d\\d:\\d\\d:\\d\\d. Trying again.$"));
        await Expect(window.Page.Locator("#age")).ToHaveTextAsync(new Regex(" old$"));
        await Expect(window.Page).ToHaveTitleAsync("Lost contact – AkkaVault");
        await Expect(window.Contact).ToHaveAttributeAsync("aria-live", "polite");
        Assert.Empty(await window.ViolationsAsync());
        // What was known stays readable.
        await Expect(window.Rows("members")).ToHaveCountAsync(3);
        await server.StartAsync();
        await Expect(window.Contact).ToHaveTextAsync("Live");
    }

    [SkippableTheory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 360)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task It_is_accessible_in_light_and_dark_and_on_a_phone(ColorScheme colors, int width)
    {
        await using var server = await PageServer.StartNewAsync(SampleStatus.Calm with { Pods = [SampleStatus.Refused("web-0")], Unanswered = [SampleStatus.Third] });
        await using var window = await chromium.OpenAsync(server.Address, colors, width);
        await Expect(window.Contact).ToHaveTextAsync("Live");
        Assert.Empty(await window.ViolationsAsync());
        Assert.True(await window.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "the page itself does not scroll sideways");
    }

    [SkippableFact]
    public async Task With_the_keyboard_the_head_is_skipped_and_every_table_is_reached()
    {
        await using var server = await PageServer.StartNewAsync();
        await using var window = await chromium.OpenAsync(server.Address);
        await Expect(window.Contact).ToHaveTextAsync("Live");
        await window.Page.Keyboard.PressAsync("Tab");
        await Expect(window.Page.Locator(".skip")).ToBeFocusedAsync();
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Page.Locator("#main")).ToBeFocusedAsync();
        foreach (var region in (string[])["Pods that wait", "Members", "Deliveries", "Vault and certificates", "Failures"])
        {
            await window.Page.Keyboard.PressAsync("Tab");
            await Expect(window.Page.GetByRole(AriaRole.Group, new PageGetByRoleOptions { Name = region })).ToBeFocusedAsync();
        }

        // An update leaves the focus where it is.
        server.Status = SampleStatus.Calm with { Failures = [new FailureDocument("vault", "sealed", 7)] };
        await Expect(window.Rows("failures")).ToContainTextAsync("sealed");
        Assert.Equal("failures-title", await window.Page.EvaluateAsync<string>("document.activeElement.getAttribute('aria-labelledby')"));
    }
}
