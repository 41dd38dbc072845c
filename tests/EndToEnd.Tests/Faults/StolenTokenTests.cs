using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Faults;
using AkkaVault.Tests.TestKit.Sandbox;

namespace AkkaVault.EndToEnd.Tests.Faults;

/// <summary>A thief unwraps the wrapping token before the pod does.</summary>
public sealed class StolenTokenTests
{
    [Fact]
    public async Task A_theft_is_counted_logged_told_on_the_pod_and_the_pod_gets_another_secret()
    {
        FaultyVault? faulty = null;
        await using var cluster = await SandboxCluster.StartAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token, new SandboxSetup
        {
            VaultAddress = c => (faulty = new FaultyVault(c.Vault.Address)).Address,
        });
        await using var front = faulty!;
        front.StealFrom("robbed");
        var pod = await cluster.RunPodAsync(cluster.Plan("robbed"));
        await cluster.ServedAsync(pod);
        await Eventually.TrueAsync(async () => await cluster.Controller.MetricAsync("kubernetesvault_wrapping_tokens_found_used_total", default) >= 1, "it is counted");
        await cluster.SaidOnceAsync("default/robbed (AppRole sample-app): the wrapping token was used by somebody else");

        using var http = new HttpClient { BaseAddress = cluster.ApiServer.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", cluster.ApiServer.Token);
        JsonNode? told = null;
        await Eventually.TrueAsync(
            async () => (told = (await http.GetFromJsonAsync<JsonObject>("api/v1/events"))!["items"]!.AsArray().FirstOrDefault(e => (string?)e!["reason"] == "VaultWrappingTokenUsed")) is not null,
            "an event is recorded");
        Assert.Equal(("Warning", pod.Uid), ((string?)told!["type"], (string?)told["involvedObject"]!["uid"]));
        cluster.NoSecretWasSaid();
    }
}
