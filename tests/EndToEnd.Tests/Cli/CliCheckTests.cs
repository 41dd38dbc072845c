using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit.Certificates;
using AkkaVault.Tests.TestKit.Kubernetes;
using AkkaVault.Tests.TestKit.Vault;

namespace AkkaVault.EndToEnd.Tests.Cli;

/// <summary>
/// <c>akkavault check</c> against a Vault and an API server: with exactly the policy and the rights of the manifests, and with less.
/// </summary>
public sealed class CliCheckTests : IAsyncLifetime
{
    private const string Account = "system:serviceaccount:kubernetes-vault:kubernetes-vault";
    private const string AccountToken = "the-accounts-token";
    private const string Cluster = """
        cluster: {hostname: 10.0.0.1, replicas: 3, downing: lease-majority}
        state: {store: kubernetes}
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-check-").FullName;
    private SimulatedVault _vault = null!;
    private SimulatedApiServer _api = null!;
    private string _token = "";

    public async Task InitializeAsync()
    {
        (_vault, _api) = (await SimulatedVault.StartAsync(new SimulatedVaultOptions(), default), await SimulatedApiServer.StartAsync());
        _vault.Setup.EnableAppRole();
        _vault.Setup.CreateAppRole("sample-app");
        _token = _vault.Setup.CreateControllerToken(["sample-app"]);
        _vault.Setup.WritePolicy("kubernetes-vault", await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "k8s", "vault", "controller-policy.hcl")));
        _api.AddUser(Account, AccountToken);
        _api.WriteKubeconfig(Path.Combine(_directory, "kubeconfig"));
        var kubeconfig = await File.ReadAllTextAsync(Path.Combine(_directory, "kubeconfig"));
        await File.WriteAllTextAsync(Path.Combine(_directory, "kubeconfig"), kubeconfig.Replace(_api.Token, AccountToken, StringComparison.Ordinal));
        await GrantAsync("rbac/one-namespace", "role.yaml", "default");
        await CreateNamespaceAsync("kubernetes-vault");
    }

    public async Task DisposeAsync()
    {
        await _vault.DisposeAsync();
        await _api.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task With_the_manifests_and_the_policy_all_is_well()
    {
        foreach (var file in (string[])["discovery.yaml", "ledger-role.yaml", "lease.yaml"]) await GrantAsync("rbac", file, "kubernetes-vault");
        var result = await CheckAsync(Cluster, "--role", "sample-app", "--namespace", "default");
        Assert.True(result.Exit == 0, result.ToString());
        Assert.All(Checks(result), check => Assert.Equal("ok", check.Result));
        foreach (var expected in (string[])
        [
            "configuration", "namespace default is watched", "Vault is reached", "Vault is unsealed", "Vault token", "policy: update auth/approle/role/sample-app/secret-id",
            "policy: update auth/token/revoke-accessor", "Kubernetes is reached", "RBAC: watch pods in default", "RBAC: update configmaps/kubernetes-vault-ledger in kubernetes-vault",
            "RBAC: get leases/kubernetes-vault-akka-sbr in kubernetes-vault", "RBAC: list endpointslices in kubernetes-vault",
        ])
        {
            Assert.Contains(expected, Checks(result).Select(check => check.Name));
        }

        Assert.True(_vault.IsLiveToken(_token), "the controller's token is left alone");
        var table = await CheckAsync(Cluster, json: false, more: []);
        Assert.Equal((0, "RESULT"), (table.Exit, table.Out[..6]));
    }

    [Fact]
    public async Task Without_a_file_it_runs_in_a_controllers_pod_with_that_ones_configuration_and_rights()
    {
        foreach (var file in (string[])["discovery.yaml", "ledger-role.yaml", "lease.yaml"]) await GrantAsync("rbac", file, "kubernetes-vault");
        // What the controller has, and nobody else.
        await CheckAsync(Cluster);
        var own = Path.Combine(_directory, "own-kubeconfig");
        _api.WriteKubeconfig(own);
        using var admin = new HttpClient { BaseAddress = _api.Address };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _api.Token);
        await new ControllerPodsFixture(admin, 8558).CreateAsync("kubernetes-vault", "kubernetes-vault-0", "10.1.0.5");
        _api.Containers = (pod, command) =>
        {
            Assert.Equal(("kubernetes-vault-0", "/app/akkavault check --config /etc/kubernetes-vault/kubernetes-vault.yml"), (pod, string.Join(' ', command.Take(4))));
            return (new(CliProcess.Command.FileName, [.. CliProcess.Command.Arguments, "check", "--config", Path.Combine(_directory, "kubernetes-vault.yml"), .. command.Skip(4)]),
                new Dictionary<string, string> { ["KUBECONFIG"] = Path.Combine(_directory, "kubeconfig"), ["VAULT_TOKEN"] = _token });
        };
        Task<CliProcess.Result> InPodAsync(params string[] more) => CliProcess.RunAsync(new Dictionary<string, string> { ["KUBECONFIG"] = own }, ["check", .. more]);

        var good = await InPodAsync("--role", "sample-app", "--namespace", "default", "--output", "json");
        Assert.True(good.Exit == 0, good.ToString());
        Assert.Contains("policy: update auth/approle/role/sample-app/secret-id", Checks(good).Select(check => check.Name));
        Assert.Contains("in the controller's pod kubernetes-vault/kubernetes-vault-0", good.Error, StringComparison.Ordinal);
        // The administrator might watch all pods; the controllers may not.
        Assert.DoesNotContain("all namespaces", good.Out, StringComparison.Ordinal);

        var bad = await InPodAsync("--role", "missing", "--output", "json");
        Assert.Equal(1, bad.Exit);
        AssertIs(bad, "policy: update auth/approle/role/missing/secret-id", "failed");
        Assert.Equal(2, (await InPodAsync("--rolle", "sample-app")).Exit);

        _api.AddUser("jane", "janes-token");
        await File.WriteAllTextAsync(own, (await File.ReadAllTextAsync(own)).Replace(_api.Token, "janes-token", StringComparison.Ordinal));
        await new ControllerPodsFixture(admin, 8558).GrantAsync("kubernetes-vault", "jane", ("pods", "list"));
        var refused = await InPodAsync();
        Assert.Equal((3, ""), (refused.Exit, refused.Out));
        Assert.Contains("User \"jane\" cannot get resource \"pods/exec\"", refused.Error, StringComparison.Ordinal);
        Assert.Contains("grant get and create of pods/exec in kubernetes-vault", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_fails_with_what_to_do_and_what_is_not_required_is_skipped()
    {
        _vault.Setup.WritePolicy("kubernetes-vault", """
            path "auth/token/roles/kubernetes-vault" { capabilities = ["read"] }
            path "auth/approle/role/sample-app/secret-id" { capabilities = ["update"] }
            """);
        var result = await CheckAsync("state: {store: kubernetes}", "--role", "sample-app", "--role", "other", "--namespace", "elsewhere");
        Assert.Equal(1, result.Exit);
        AssertIs(result, "policy: update auth/approle/role/sample-app/secret-id", "ok");
        AssertIs(result, "policy: update auth/approle/role/other/secret-id", "failed", "path \"auth/approle/role/other/secret-id\"");
        AssertIs(result, "policy: update auth/token/revoke-accessor", "skipped", "path \"auth/token/revoke-accessor\"");
        AssertIs(result, "namespace elsewhere is watched", "failed", "kubernetes.watchNamespace");
        AssertIs(result, "RBAC: get configmaps/kubernetes-vault-ledger in kubernetes-vault", "failed", "ledger-role.yaml");
        AssertIs(result, "RBAC: get configmaps/kubernetes-vault-ledger in kubernetes-vault", "failed", "apiGroups: [\"\"], resources: [configmaps], resourceNames: [kubernetes-vault-ledger], verbs: [get]");
        AssertIs(result, "RBAC: list pods in default", "ok");
    }

    [Fact]
    public async Task A_wrong_configuration_ends_it_with_2_and_says_all_of_it()
    {
        var result = await CheckAsync("cluster: {replicas: many}\nmetrics: {address: here}\nmetrix: {}");
        Assert.Equal(2, result.Exit);
        var details = string.Join('\n', Checks(result).Select(check => check.Detail));
        foreach (var expected in (string[])["cluster.replicas: \"many\"", "metrics.address: \"here\"", "cluster.hostname: is missing"]) Assert.Contains(expected, details, StringComparison.Ordinal);
        AssertIs(result, "Vault", "skipped");
    }

    [Fact]
    public async Task All_rules_that_a_token_breaks_are_said_and_it_is_not()
    {
        _token = _vault.RootToken;
        var result = await CheckAsync("");
        Assert.Equal(1, result.Exit);
        var broken = Checks(result).Where(check => check.Name == "Vault token").ToList();
        Assert.Equal(5, broken.Count);
        Assert.Contains(broken, check => check is { Detail: "vault.token holds the root policy", WhatToDo: "Create a token from a token role with only the controller's policy." });
    }

    [Fact]
    public async Task A_token_that_Vault_does_not_know()
    {
        _token = "s.unknown";
        var result = await CheckAsync("");
        Assert.Equal(1, result.Exit);
        AssertIs(result, "Vault token", "failed", "create one");
        AssertIs(result, "Vault policy", "skipped");
    }

    [Fact]
    public async Task A_sealed_Vault_and_one_that_is_not_there()
    {
        Assert.Null(_vault.Write("sys/seal", []));
        var result = await CheckAsync("");
        Assert.Equal(1, result.Exit);
        AssertIs(result, "Vault is unsealed", "failed", "vault operator unseal");
        AssertIs(result, "Vault token", "skipped");
        AssertIs(result, "RBAC: list pods in default", "ok");

        await _vault.StopListeningAsync();
        await _api.StopListeningAsync();
        result = await CheckAsync("");
        Assert.Equal(1, result.Exit);
        AssertIs(result, "Vault is reached", "failed", "Is vault.addr right");
        AssertIs(result, "Kubernetes is reached", "failed", "KUBECONFIG");
        AssertIs(result, "RBAC: list pods in default", "skipped");
    }

    [Fact]
    public async Task Vault_is_verified_as_the_controller_verifies_it()
    {
        using var ca = new TestCa("Right CA");
        await _vault.DisposeAsync();
        _vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions { Certificate = ca.Issue(System.Net.IPAddress.Loopback, TimeSpan.FromHours(1)) }, default);
        _token = _vault.Setup.CreateControllerToken(["sample-app"]);
        AssertIs(await CheckAsync(""), "Vault is reached", "failed", "vault.tls.caCert");

        var bundle = Path.Combine(_directory, "ca.pem");
        await File.WriteAllTextAsync(bundle, ca.Pem);
        var result = await CheckAsync("", json: true, more: [], login: $"token: $VAULT_TOKEN\n  tls: {{caCert: \"{bundle}\"}}");
        AssertIs(result, "CA certificates for Vault", "ok");
        AssertIs(result, "Vault token", "ok");
        await File.WriteAllTextAsync(bundle, "no certificate");
        result = await CheckAsync("", json: true, more: [], login: $"token: $VAULT_TOKEN\n  tls: {{caCert: \"{bundle}\"}}");
        AssertIs(result, "CA certificates for Vault", "failed", "must be a PEM file");
        AssertIs(result, "Vault token", "skipped");
    }

    [Fact]
    public async Task A_login_of_this_check_is_revoked_after_it()
    {
        _vault.Setup.EnableAppRole("operators");
        _vault.Setup.CreateAppRole("controller", new AppRoleSettings { Period = TimeSpan.FromHours(1), SecretIdNumUses = 0, SecretIdTtl = TimeSpan.Zero, Policies = ["kubernetes-vault"] }, "operators");
        await File.WriteAllTextAsync(Path.Combine(_directory, "role-id"), _vault.Setup.ReadRoleId("controller", "operators"));
        var secretId = _vault.Setup.IssueSecretId("controller", "operators");
        await File.WriteAllTextAsync(Path.Combine(_directory, "secret-id"), secretId);
        var login = $"auth: {{approle: {{mount: operators, roleIdFile: \"{_directory}/role-id\", secretIdFile: \"{_directory}/secret-id\"}}}}";
        var result = await CheckAsync("", json: true, login: login, more: ["--role", "sample-app"]);
        Assert.True(result.Exit == 0, result.ToString());
        AssertIs(result, "policy: update auth/approle/role/sample-app/secret-id", "ok");
        Assert.DoesNotContain(_vault.LiveTokens, token => token.Metadata.GetValueOrDefault("role_name") == "controller");
        Assert.DoesNotContain(secretId, result.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_replicas_without_a_cluster_section()
    {
        const string Name = "one controller behind Service kubernetes-vault/kubernetes-vault";
        AssertIs(await CheckAsync(""), Name, "skipped", "k8s/rbac/discovery.yaml");
        await GrantAsync("rbac", "discovery.yaml", "kubernetes-vault");
        var result = await CheckAsync("");
        AssertIs(result, Name, "ok");
        Assert.True(result.Exit == 0, result.ToString());

        static JsonObject Endpoint(bool ready, params string[] ips) =>
            new() { ["addresses"] = new JsonArray([.. ips.Select(ip => JsonValue.Create(ip))]), ["conditions"] = new JsonObject { ["ready"] = ready } };
        await CreateAsync("apis/discovery.k8s.io/v1/namespaces/kubernetes-vault/endpointslices", new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "kubernetes-vault-1", ["labels"] = new JsonObject { ["kubernetes.io/service-name"] = "kubernetes-vault" } },
            ["addressType"] = "IPv4",
            ["endpoints"] = new JsonArray(Endpoint(true, "10.1.0.11"), Endpoint(true, "10.1.0.12"), Endpoint(false, "10.1.0.13")),
        });
        result = await CheckAsync("");
        AssertIs(result, Name, "failed", "cluster.replicas: 3 and state.store: kubernetes");
        Assert.Equal(1, result.Exit);
        Assert.DoesNotContain(Name, Checks(await CheckAsync(Cluster)).Select(check => check.Name));
    }

    private Task<CliProcess.Result> CheckAsync(string sections, params string[] more) => CheckAsync(sections, json: true, more);

    private async Task<CliProcess.Result> CheckAsync(string sections, bool json, string[] more, string login = "token: $VAULT_TOKEN")
    {
        var file = Path.Combine(_directory, "kubernetes-vault.yml");
        await File.WriteAllTextAsync(file, $"""
            vault:
              addr: "{_vault.Address}"
              {login}
            kubernetes:
              watchNamespace: default
              serviceNamespace: kubernetes-vault
              service: kubernetes-vault
            {sections}
            """);
        var result = await CliProcess.RunAsync(
            new Dictionary<string, string> { ["KUBECONFIG"] = Path.Combine(_directory, "kubeconfig"), ["VAULT_TOKEN"] = _token }, ["check", "--config", file, .. json ? ["--output", "json"] : Array.Empty<string>(), .. more]);
        // No finding may show a secret.
        foreach (var secret in (string[])[_token, AccountToken, _vault.RootToken]) Assert.DoesNotContain(secret, result.ToString(), StringComparison.Ordinal);
        return result;
    }

    private static List<(string Name, string Result, string Detail, string WhatToDo)> Checks(CliProcess.Result result) =>
        [.. result.Json["checks"]!.AsArray().Select(check => ((string)check!["name"]!, (string)check["result"]!, (string)check["detail"]!, (string)check["whatToDo"]!))];

    private static void AssertIs(CliProcess.Result result, string name, string expected, string whatToDo = "")
    {
        var check = Checks(result).Single(one => one.Name == name);
        Assert.Equal(expected, check.Result);
        Assert.Contains(whatToDo, check.WhatToDo, StringComparison.Ordinal);
    }

    private async Task GrantAsync(string folder, string file, string ns)
    {
        foreach (var item in Manifest.Read(folder, file))
        {
            item["metadata"]!["namespace"] = ns;
            await CreateAsync($"apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/{((string)item["kind"]!).ToLowerInvariant()}s", item);
        }
    }

    private Task CreateNamespaceAsync(string name) => CreateAsync("api/v1/namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });

    private async Task CreateAsync(string path, JsonObject body)
    {
        using var admin = new HttpClient { BaseAddress = _api.Address };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _api.Token);
        using var response = await admin.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
