using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;
using AkkaVault.Tests.TestKit.Vault;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>What pods, the log and events show when Vault fails. All programs are real processes.</summary>
public sealed class VaultTroubleTests
{
    private const string Forbidden = "forbidden";

    [Fact]
    public async Task A_role_that_is_denied_is_told_on_its_pods_disturbs_no_other_and_is_served_once_it_is_mended()
    {
        await using var cluster = await StartAsync();
        cluster.Vault.Setup.CreateAppRole(Forbidden);
        var denied = await cluster.RunPodAsync(cluster.Plan("denied") with { Role = Forbidden, RoleId = cluster.Vault.Setup.ReadRoleId(Forbidden) });
        var allowed = await cluster.RunPodAsync(cluster.Plan("allowed"));
        await cluster.ServedAsync(allowed);

        JsonNode? told = null;
        await Eventually.TrueAsync(async () => (told = (await EventsAsync(cluster)).FirstOrDefault()) is not null, "an event is recorded");
        Assert.Equal(("Warning", "VaultSecretFailed", "denied", denied.Uid), (
            (string?)told!["type"], (string?)told["reason"], (string?)told["involvedObject"]!["name"], (string?)told["involvedObject"]!["uid"]));
        Assert.Contains("403: 1 error occurred: * permission denied", (string?)told["message"], StringComparison.Ordinal);
        // Vault gives the same message when a policy forbids so long a wrap TTL.
        Assert.Contains("no wrapping for 1m0s, which is vault.wrappingTTL (min_wrapping_ttl, max_wrapping_ttl)", (string?)told["message"], StringComparison.Ordinal);
        Assert.Single(await EventsAsync(cluster));

        cluster.Vault.Setup.CreateControllerToken([SandboxCluster.Role, Forbidden]);
        await cluster.ServedAsync(denied);
    }

    [Fact]
    public async Task A_pod_that_expects_another_Vault_is_told_so_in_the_init_containers_words()
    {
        await using var cluster = await StartAsync();
        await cluster.RunPodAsync(cluster.Plan("elsewhere") with { Environment = new Dictionary<string, string> { ["EXPECTED_VAULT_ADDR"] = "https://vault.example.org:8200" } });
        await cluster.RunPodAsync(cluster.Plan("mistaken") with { AnnotatedContainer = "instal" });
        await Eventually.TrueAsync(async () => (await EventsAsync(cluster)).Count == 2, "an event is recorded on each");
        var told = (await EventsAsync(cluster)).ToDictionary(told => (string)told!["involvedObject"]!["name"]!, told => (string)told!["message"]!);
        Assert.StartsWith("the init container answered 403 (vault-not-expected: ", told["elsewhere"], StringComparison.Ordinal);
        Assert.Contains("https://vault.example.org:8200", told["elsewhere"], StringComparison.Ordinal);
        Assert.Contains("Make EXPECTED_VAULT_ADDR of the init container and the controllers' vault.addr the same", told["elsewhere"], StringComparison.Ordinal);
        Assert.StartsWith("annotation pod.boostport.com/vault-init-container names instal", told["mistaken"], StringComparison.Ordinal);
        await cluster.SaidOnceAsync("default/elsewhere (AppRole");
        cluster.NoSecretWasSaid();
    }

    [Fact]
    public async Task A_role_that_does_not_exist_is_told_in_Vaults_own_words()
    {
        await using var cluster = await StartAsync(new SandboxSetup { Prepare = c => c.Vault.Setup.CreateControllerToken([SandboxCluster.Role, "missing"]) });
        var pod = await cluster.RunPodAsync(cluster.Plan("lost") with { Role = "missing" });
        await Eventually.TrueAsync(async () => (await EventsAsync(cluster)).Count > 0, "an event is recorded");
        Assert.Contains("404: role \"missing\" does not exist", (string?)(await EventsAsync(cluster))[0]!["message"], StringComparison.Ordinal);
        cluster.Vault.Setup.CreateAppRole("missing");
        await Eventually.TrueAsync(() => cluster.Vault.WrappingTokens.Any(wrap => wrap.Metadata["uid"] == pod.Uid), "a secret_id is issued once the role exists");
    }

    [Fact]
    public async Task Without_the_right_to_record_events_that_is_said_once_and_all_else_goes_on()
    {
        await using var cluster = await StartAsync();
        cluster.ApiServer.Fault = request => request.Path.Value!.EndsWith("/events", StringComparison.Ordinal) ? 403 : null;
        for (var i = 0; i < 3; i++) await cluster.RunPodAsync(cluster.Plan($"denied-{i}") with { Role = Forbidden });
        await Eventually.TrueAsync(() => cluster.Said("has no secret yet") == 3, "all three are in the log");
        await cluster.ServedAsync(await cluster.RunPodAsync(cluster.Plan("allowed")));
        await cluster.SaidOnceAsync("Events cannot be recorded on pods");
    }

    [Fact]
    public async Task While_Vault_is_sealed_pods_wait_and_Vault_is_asked_one_at_a_time()
    {
        const int Pods = 60;
        await using var cluster = await StartAsync();
        cluster.Vault.Seal();
        var pods = new List<SimulatedPod>();
        for (var i = 0; i < Pods; i++) pods.Add(await cluster.RunPodAsync(cluster.Plan($"waiting-{i}")));
        await Eventually.TrueAsync(async () => await cluster.Controller.MetricAsync("kubernetesvault_runs", default) >= Pods, "all are pending");
        await Eventually.TrueAsync(() => Refused(cluster) >= 4, "Vault was asked now and then");
        // Except for the requests that were under way when the circuit opened, each request is a probe.
        Assert.InRange(Refused(cluster), 4, 16 + 8);
        await cluster.SaidOnceAsync("Vault does not serve");
        Assert.Equal(1, await cluster.Controller.MetricAsync("kubernetesvault_vault_circuit_open", default));
        cluster.Vault.Unseal();
        await Task.WhenAll(pods.Select(cluster.ServedAsync));
        await cluster.SaidOnceAsync("Vault serves requests again");
        Assert.Equal(Pods, cluster.Vault.WrappingTokens.Count(wrap => wrap.State == WrappingState.Unwrapped));
        Assert.Equal(0, await cluster.Controller.MetricAsync("kubernetesvault_vault_circuit_open", default));
    }

    [Fact]
    public async Task A_pod_that_is_gone_before_Vault_is_back_is_never_asked_for()
    {
        await using var cluster = await StartAsync();
        cluster.Vault.Seal();
        await cluster.RunPodAsync(cluster.Plan("first"));
        await Eventually.TrueAsync(() => cluster.Said("Vault does not serve") > 0, "the circuit is open");
        var gone = await cluster.RunPodAsync(cluster.Plan("gone"));
        await Eventually.TrueAsync(async () => await cluster.Controller.MetricAsync("kubernetesvault_runs", default) >= 2, "it is pending");
        await cluster.Kubelet.DeleteAsync(gone, default).EndsAsync();
        await Eventually.TrueAsync(async () => await cluster.Controller.MetricAsync("kubernetesvault_runs", default) < 2, "it is dropped");
        cluster.Vault.Unseal();
        await cluster.ServedAsync(await cluster.RunPodAsync(cluster.Plan("last")));
        Assert.DoesNotContain(cluster.Vault.WrappingTokens, wrap => wrap.Metadata["uid"] == gone.Uid);
    }

    [Fact]
    public async Task A_quota_with_Retry_After_slows_all_down_and_loses_nobody()
    {
        await using var cluster = await StartAsync();
        cluster.Vault.Write("sys/quotas/config", new JsonObject { ["enable_rate_limit_response_headers"] = true });
        cluster.Vault.Write("sys/quotas/rate-limit/lab", new JsonObject { ["path"] = "auth/approle/role/", ["rate"] = 1 });
        var pods = new List<SimulatedPod>();
        for (var i = 0; i < 12; i++) pods.Add(await cluster.RunPodAsync(cluster.Plan($"slow-{i}")));
        await Task.WhenAll(pods.Select(cluster.ServedAsync));
        var throttled = cluster.Vault.Audit.Count(entry => entry.Status == 429);
        Assert.InRange(throttled, 1, 16 + 12);
    }

    [Fact]
    public async Task A_token_that_is_revoked_under_the_controller_is_no_fault_of_the_role_and_a_new_one_in_its_file_is_taken()
    {
        await using var cluster = await StartAsync(new SandboxSetup
        {
            Prepare = c => File.WriteAllText(TokenFile(c), c.ControllerToken),
            VaultKeys = c => $"tokenFile: \"{TokenFile(c)}\"",
        });
        await cluster.ServedAsync(await cluster.RunPodAsync(cluster.Plan("before")));
        cluster.Vault.Write("auth/token/revoke", new JsonObject { ["token"] = cluster.ControllerToken });
        var pod = await cluster.RunPodAsync(cluster.Plan("after"));
        await Eventually.TrueAsync(() => cluster.Said("The Vault token is lost: Vault does not know it any more, so it was revoked") > 0, "the loss is said");
        await Eventually.TrueAsync(
            async () => await cluster.ReadinessAsync() is { Status: HttpStatusCode.ServiceUnavailable, Reason: var reason } && reason.Contains("is not a token that Vault knows", StringComparison.Ordinal),
            "readiness is false, because the file still has the token");
        Assert.Empty(await EventsAsync(cluster));

        await File.WriteAllTextAsync(TokenFile(cluster), cluster.Vault.Setup.CreateControllerToken([SandboxCluster.Role]) + "\n");
        await cluster.ServedAsync(pod);
        Assert.Equal(HttpStatusCode.OK, (await cluster.ReadinessAsync()).Status);
        cluster.NoSecretWasSaid();
    }

    [Fact]
    public async Task All_rules_that_the_token_breaks_are_said_at_once()
    {
        await using var cluster = await StartAsync(new SandboxSetup
        {
            WaitUntilReady = false,
            Prepare = c =>
            {
                c.Vault.Write("auth/token/roles/bad", new JsonObject { ["allowed_policies"] = "kubernetes-vault", ["renewable"] = false, ["explicit_max_ttl"] = "1h" });
                c.Vault.Setup.WritePolicy("kubernetes-vault", """path "auth/token/roles/bad" { capabilities = ["read"] }""");
                var token = c.Vault.Write("auth/token/create/bad", [])!["auth"]!["client_token"]!.GetValue<string>();
                File.WriteAllText(TokenFile(c), token);
            },
            VaultKeys = c => $"tokenFile: \"{TokenFile(c)}\"",
        });
        Assert.Equal(1, await cluster.Controller.Process.ExitAsync().EndsAsync());
        var output = string.Join('\n', cluster.Controller.Process.Output);
        foreach (var rule in (string[])["vault.token is not renewable", "token role bad is not renewable; set renewable=true", "token role bad has no period; set token_period", "token role bad has an explicit_max_ttl"])
            Assert.Contains(rule, output, StringComparison.Ordinal);
        cluster.NoSecretWasSaid();
    }

    [Fact]
    public async Task A_policy_that_lacks_read_on_the_token_role_is_said_as_such()
    {
        await using var cluster = await StartAsync(new SandboxSetup
        {
            WaitUntilReady = false,
            Prepare = c => c.Vault.Setup.WritePolicy("kubernetes-vault", """path "auth/approle/*" { capabilities = ["update"] }"""),
        });
        Assert.Equal(1, await cluster.Controller.Process.ExitAsync().EndsAsync());
        Assert.Contains(
            "the controller's policy lacks read on auth/token/roles/kubernetes-vault; grant it, or set vault.skipTokenRoleNameValidation: true",
            string.Join('\n', cluster.Controller.Process.Output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_short_lived_token_is_renewed_again_and_again()
    {
        await using var cluster = await StartAsync(new SandboxSetup { TokenPeriod = TimeSpan.FromSeconds(24) });
        await Eventually.TrueAsync(async () => await cluster.Controller.MetricAsync("kubernetesvault_vault_token_renewal_requests_total", default) >= 3, "three renewals");
        Assert.Equal(0, await cluster.Controller.MetricAsync("kubernetesvault_vault_token_renewal_request_failures_total", default));
        await cluster.ServedAsync(await cluster.RunPodAsync(cluster.Plan("later")));
    }

    private static string TokenFile(SandboxCluster cluster) => Path.Combine(cluster.Directory, "token");

    private static int Refused(SandboxCluster cluster) => cluster.Vault.Audit.Count(entry => entry is { Status: 503 } && entry.Path.EndsWith("/secret-id", StringComparison.Ordinal));

    private static Task<SandboxCluster> StartAsync(SandboxSetup? setup = null) =>
        SandboxCluster.StartAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token, setup);

    private static async Task<JsonArray> EventsAsync(SandboxCluster cluster)
    {
        using var http = new HttpClient { BaseAddress = cluster.ApiServer.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", cluster.ApiServer.Token);
        return (JsonArray)(await http.GetFromJsonAsync<JsonObject>("api/v1/events"))!["items"]!;
    }
}
