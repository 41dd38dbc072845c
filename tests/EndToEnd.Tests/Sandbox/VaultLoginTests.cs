using System.Net;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;
using AkkaVault.Tests.TestKit.Vault;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>
/// How the controller logs in, and what it asks Vault for.
/// <c>ServiceAccountLoginTests</c>, which take longer, test the login by service account.
/// </summary>
public sealed class VaultLoginTests
{
    private const string Own = "controller";

    [Fact]
    public async Task With_an_AppRole_of_its_own_the_controller_logs_in_and_again_after_an_outage_that_outlived_its_token()
    {
        await using var cluster = await StartAsync(new SandboxSetup
        {
            Prepare = c =>
            {
                c.Vault.Setup.EnableAppRole("operators");
                c.Vault.Setup.CreateAppRole(Own, new AppRoleSettings { Period = TimeSpan.FromSeconds(10), SecretIdNumUses = 0, SecretIdTtl = TimeSpan.Zero, Policies = ["kubernetes-vault"] }, "operators");
                File.WriteAllText(Path.Combine(c.Directory, "role-id"), c.Vault.Setup.ReadRoleId(Own, "operators") + "\n");
                File.WriteAllText(Path.Combine(c.Directory, "secret-id"), (string)c.Vault.Write($"auth/operators/role/{Own}/secret-id", [])!["data"]!["secret_id"]!);
            },
            VaultKeys = c => $"auth: {{approle: {{mount: operators, roleIdFile: \"{c.Directory}/role-id\", secretIdFile: \"{c.Directory}/secret-id\"}}}}",
        });
        await cluster.ServedAsync(await cluster.RunPodAsync(cluster.Plan("before")));
        await Eventually.TrueAsync(() => cluster.Vault.LiveTokens.Any(token => token.Metadata.GetValueOrDefault("role_name") == Own), "its token is alive");

        await cluster.Vault.StopListeningAsync();
        await Eventually.TrueAsync(() => cluster.Vault.LiveTokens.All(token => token.Metadata.GetValueOrDefault("role_name") != Own), "its token is dead");
        await Eventually.TrueAsync(async () => (await cluster.ReadinessAsync()).Status == HttpStatusCode.ServiceUnavailable, "readiness is false");
        await cluster.Vault.ResumeListeningAsync(default);
        await cluster.ServedAsync(await cluster.RunPodAsync(cluster.Plan("after")));
        await Eventually.TrueAsync(async () => (await cluster.ReadinessAsync()).Status == HttpStatusCode.OK, "it is ready again");
        cluster.NoSecretWasSaid();
    }

    [Fact]
    public async Task A_login_that_is_refused_is_said_and_tried_again_until_it_is_mended()
    {
        await using var cluster = await StartAsync(new SandboxSetup
        {
            WaitUntilReady = false,
            Prepare = c =>
            {
                c.Vault.Setup.CreateAppRole(Own, new AppRoleSettings { SecretIdNumUses = 0, SecretIdTtl = TimeSpan.Zero, Policies = ["kubernetes-vault"] });
                File.WriteAllText(Path.Combine(c.Directory, "role-id"), c.Vault.Setup.ReadRoleId(Own));
                File.WriteAllText(Path.Combine(c.Directory, "secret-id"), "not-the-secret-id");
            },
            VaultKeys = c => $"auth: {{approle: {{roleIdFile: \"{c.Directory}/role-id\", secretIdFile: \"{c.Directory}/secret-id\"}}}}",
        });
        await Eventually.TrueAsync(() => cluster.Said("No Vault token could be obtained: PUT auth/approle/login: 400: invalid secret id") > 0, "the refusal is said");
        await Eventually.TrueAsync(cluster.ReadinessAsync, seen => seen.Reason.Contains("invalid secret id", StringComparison.Ordinal), "readiness has the reason");
        Assert.Equal(0, cluster.Said("not-the-secret-id"));
        await File.WriteAllTextAsync(Path.Combine(cluster.Directory, "secret-id"), (string)cluster.Vault.Write($"auth/approle/role/{Own}/secret-id", [])!["data"]!["secret_id"]!);
        await cluster.ServedAsync(await cluster.RunPodAsync(cluster.Plan("mended")));
    }

    [Fact]
    public async Task In_a_namespace_both_programs_name_it()
    {
        await using var cluster = await StartAsync(new SandboxSetup
        {
            Vault = new SimulatedVaultOptions { Namespace = "team/a" },
            VaultKeys = _ => "token: $VAULT_TOKEN\nnamespace: /team/a/",
        });
        var pod = await cluster.RunPodAsync(cluster.Plan("inside"));
        await cluster.ServedAsync(pod);
        Assert.Equal("team/a", SandboxCluster.TokenOf(pod)!.VaultNamespace);
    }

    [Fact]
    public async Task AppRole_may_be_mounted_elsewhere_and_the_init_container_finds_it()
    {
        await using var cluster = await StartAsync(new SandboxSetup
        {
            AppRolePath = "team/apps",
            VaultKeys = _ => "token: $VAULT_TOKEN\napprolePath: team/apps",
        });
        await cluster.ServedAsync(await cluster.RunPodAsync(cluster.Plan("elsewhere")));
        Assert.Equal("auth/team/apps/role/sample-app/secret-id", Assert.Single(cluster.Vault.WrappingTokens).CreationPath);
    }

    [Fact]
    public async Task Each_secret_id_says_whose_it_is_and_bound_to_the_pods_address_it_is_good_nowhere_else()
    {
        await using var cluster = await StartAsync(new SandboxSetup { VaultKeys = _ => "token: $VAULT_TOKEN\nbindToPodIP: true" });
        // On this machine all connections to Vault come from 127.0.0.1, so only a pod with that address can log in.
        var here = await cluster.RunPodAsync(cluster.Plan("here") with { Ip = "127.0.0.1" });
        await cluster.ServedAsync(here);
        var metadata = cluster.Vault.WrappingTokens[0].Metadata;
        Assert.Equal(("here", "default", here.Uid), (metadata["pod"], metadata["namespace"], metadata["uid"]));
        Assert.StartsWith("containerd://", metadata["run"], StringComparison.Ordinal);
        Assert.Equal("node-1", metadata["node"]);

        // Vault rejects an empty value, so the node must be left out.
        await cluster.ServedAsync(await cluster.RunPodAsync(cluster.Plan("somewhere") with { Ip = "127.0.0.1", Node = null }));
        metadata = Assert.Single(cluster.Vault.WrappingTokens, wrap => wrap.Metadata["pod"] == "somewhere").Metadata;
        Assert.Equal(["namespace", "pod", "run", "uid"], metadata.Keys.Order());

        using var elsewhere = From("127.0.0.9", cluster.Vault.Address);
        var token = SandboxCluster.TokenOf(here)!.ClientToken;
        var refused = await Assert.ThrowsAsync<VaultException>(() => new VaultClient(elsewhere).LookupSelfAsync(token, default));
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);

        await cluster.RunPodAsync(cluster.Plan("there"));
        await Eventually.TrueAsync(() => cluster.Said("login-refused") > 0, "the login from another address is refused");
    }

    private static Task<SandboxCluster> StartAsync(SandboxSetup setup) =>
        SandboxCluster.StartAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token, setup);

    private static HttpClient From(string address, Uri vault) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = vault };
}
