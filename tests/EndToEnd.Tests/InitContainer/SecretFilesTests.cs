using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.InitContainer;

/// <summary><c>VAULT_SECRETS</c> with the init container as a process, in both modes, with the simulated Vault and lives of seconds.</summary>
public sealed class SecretFilesTests
{
    private const string Role = "web";
    private const UnixFileMode Mode0444 = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const string Policy = """
        path "secret/data/app/*" { capabilities = ["read"] }
        path "old/app/*" { capabilities = ["read"] }
        path "database/creds/app" { capabilities = ["read"] }
        path "pki-int/issue/app" { capabilities = ["update"] }
        """;

    private const string Lines = """
        # of each kind one
        all.json     = secret/app/db
        db.env       = secret/data/app/db
        old          = old/app/key#key
        creds/user   = database/creds/app#username
        creds/pass   = database/creds/app#password
        creds.json   = database/creds/app
        tls.crt      = pki-int/issue/app?common_name=app.example.org&ttl=1h#certificate
        tls.key      = pki-int/issue/app?ttl=1h&common_name=app.example.org#private_key
        """;

    private static readonly IReadOnlyDictionary<string, string> s_noMetadata = new Dictionary<string, string>();

    [Fact]
    public async Task An_init_container_writes_every_kind_before_it_answers_and_no_secret_is_logged()
    {
        await using var vault = await StartVaultAsync();
        await using var init = await StartAsync(vault, ("VAULT_SECRETS", Lines));
        Assert.Equal((200, null), await init.PushAsync(await PushAsync(vault)));
        Assert.Equal(0, await init.ExitCodeAsync());
        Assert.Equal("""{"user":"it's","password":"p1"}""", init.ReadFile("all.json"));
        Assert.Equal("user='it'\\''s'\npassword='p1'\n", init.ReadFile("db.env"));
        Assert.Equal("k1", init.ReadFile("old"));
        Assert.True(IsLive(vault, init));
        var json = JsonNode.Parse(init.ReadFile("creds.json"))!;
        Assert.Equal((init.ReadFile("creds/user"), init.ReadFile("creds/pass")), ((string)json["username"]!, (string)json["password"]!));
        using var certificate = X509Certificate2.CreateFromPem(init.ReadFile("tls.crt"), init.ReadFile("tls.key"));
        Assert.Equal("CN=app.example.org", certificate.Subject);
        Assert.Equal(Mode0444, File.GetUnixFileMode(Path.Combine(init.Folder, "tls.key")));
        Assert.Null(new FileInfo(Path.Combine(init.Folder, "vault-token")).LinkTarget);
        Assert.All(vault.EverySecret.Where(secret => secret.Length > 2), secret => Assert.DoesNotContain(secret, init.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_VAULT_SECRETS_Vault_is_asked_nothing_more_and_nothing_more_is_written()
    {
        await using var vault = await StartVaultAsync();
        await using var init = await StartAsync(vault);
        Assert.Equal((200, null), await init.PushAsync(await PushAsync(vault)));
        Assert.Equal(0, await init.ExitCodeAsync());
        Assert.Equal(["vault-token"], Directory.EnumerateFileSystemEntries(init.Folder).Select(Path.GetFileName));
        Assert.Equal("auth/approle/login", vault.Audit[^1].Path);
    }

    [Fact]
    public async Task A_path_that_is_refused_rejects_the_push_revokes_the_token_and_is_the_last_word_at_the_timeout()
    {
        await using var vault = await StartVaultAsync();
        await using var init = await StartAsync(vault, ("VAULT_SECRETS", "db = database/creds/app\nother = secret/other#x\nnone = secret/app/none\nfield = secret/app/db#nope"), ("TIMEOUT", "15s"));
        using (var response = await init.Http.PostAsync("/", new ByteArrayContent((await PushAsync(vault)).Encode())))
        {
            Assert.Equal(502, (int)response.StatusCode);
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            Assert.Equal(PushRejection.SecretUnreadable, (string)answer["reason"]!);
            var detail = (string)answer["detail"]!;
            Assert.Contains("the secret secret/other: GET secret/data/other: 403: 1 error occurred: * permission denied", detail, StringComparison.Ordinal);
            Assert.Contains("the secret secret/app/none: GET secret/data/app/none: 404 (nothing is at this path", detail, StringComparison.Ordinal);
            Assert.Contains("it has no field nope; it has user, password; the secret secret/app/none: ", detail, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(vault.LiveTokens, token => token.Path == "auth/approle/login");
        Assert.Equal(1, await init.ExitCodeAsync());
        Assert.Contains("the last push was rejected: 502 secret-unreadable: the secret secret/app/db: read secret/app/db: it has no field nope; ", init.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(init.Folder));
    }

    [Fact]
    public async Task The_next_push_succeeds_once_the_policy_is_mended_and_a_Vault_that_fails_for_a_moment_is_asked_again()
    {
        await using var vault = await StartVaultAsync();
        await using var init = await StartAsync(vault, ("VAULT_SECRETS", "other = secret/other#x"));
        Assert.Equal((502, PushRejection.SecretUnreadable), await init.PushAsync(await PushAsync(vault)));
        vault.Setup.WritePolicy(Role, """path "secret/data/*" { capabilities = ["read"] }""");
        var failures = 2;
        vault.Fault = request => request.Path == "secret/data/other" && Interlocked.Decrement(ref failures) >= 0 ? VaultFault.Answer(503, "away") : null;
        Assert.Equal((200, null), await init.PushAsync(await PushAsync(vault)));
        Assert.Equal(0, await init.ExitCodeAsync());
        Assert.Equal("y", init.ReadFile("other"));
    }

    [Fact]
    public async Task Parameters_for_KV_are_refused_since_they_would_overwrite_the_secret()
    {
        await using var vault = await StartVaultAsync();
        vault.Setup.WritePolicy(Role, """path "*" { capabilities = ["create", "read", "update", "delete", "list"] }""");
        await using var init = await StartAsync(vault, ("VAULT_SECRETS", "a = old/app/key?key=overwritten"));
        Assert.Equal((502, PushRejection.SecretUnreadable), await init.PushAsync(await PushAsync(vault)));
        Assert.DoesNotContain(vault.Audit, entry => entry.Path == "old/app/key");
    }

    [Fact]
    public async Task Lines_that_are_wrong_end_it_with_2_and_all_are_named()
    {
        await using var init = await InitProcess.StartAsync(new Dictionary<string, string> { ["VAULT_SECRETS"] = "a\n\n../b = c" }, listens: false);
        Assert.Equal(2, await init.ExitCodeAsync());
        await Eventually.TrueAsync(() => init.Output.Contains("VAULT_SECRETS=a (line 1)", StringComparison.Ordinal) && init.Output.Contains("VAULT_SECRETS=../b = c (line 3)", StringComparison.Ordinal), "both are named");
    }

    [Fact]
    public async Task A_sidecar_renews_a_lease_and_replaces_it_before_its_end_so_that_the_files_hold_a_live_user_all_the_time()
    {
        await using var vault = await StartVaultAsync(TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(15));
        await using var sidecar = await StartAsync(vault, ("MODE", "sidecar"), ("VAULT_SECRETS", Lines));
        Assert.Equal((200, null), await sidecar.PushAsync(await PushAsync(vault)));
        var users = new HashSet<string>();
        await Eventually.TrueAsync(
            () =>
            {
                Assert.True(IsLive(vault, sidecar));
                users.Add(JsonNode.Parse(sidecar.ReadFile("creds.json"))!["username"]!.ToString());
                return users.Count > 2;
            },
            "the user was replaced twice");
        Assert.Contains("Renewed the lease of database/creds/app for 8 s", sidecar.Output, StringComparison.Ordinal);
        sidecar.Terminate();
        Assert.Equal(0, await sidecar.ExitCodeAsync());
        Assert.All(vault.EverySecret.Where(secret => secret.Length > 2), secret => Assert.DoesNotContain(secret, sidecar.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sidecar_reads_KV_again_and_writes_only_what_has_changed()
    {
        await using var vault = await StartVaultAsync();
        await using var sidecar = await StartAsync(vault, ("MODE", "sidecar"), ("SECRETS_INTERVAL", "1s"), ("VAULT_SECRETS", "db.json = secret/app/db\nkey = old/app/key#key"));
        Assert.Equal((200, null), await sidecar.PushAsync(await PushAsync(vault)));
        var data = new FileInfo(Path.Combine(sidecar.Folder, "..data"));
        var before = data.LinkTarget;
        await Eventually.TrueAsync(() => vault.Audit.Count(entry => entry.Path == "secret/data/app/db") > 3, "it was read three times more");
        data.Refresh();
        Assert.Equal(before, data.LinkTarget);
        vault.Setup.WriteSecret("secret", "app/db", new Dictionary<string, string> { ["user"] = "u2" });
        await Eventually.TrueAsync(() => sidecar.ReadFile("db.json") == """{"user":"u2"}""", "the new version is there");
        Assert.Equal("k1", sidecar.ReadFile("key"));

        // A path that is refused keeps its file, and the others go on.
        vault.Setup.WritePolicy(Role, """path "secret/data/app/*" { capabilities = ["read"] }""");
        await Eventually.TrueAsync(() => sidecar.Output.Contains("WARN  The secret old/app/key: it was not read, trying again; the files keep what they have: GET", StringComparison.Ordinal), "it warns of the path");
        vault.Setup.WriteSecret("secret", "app/db", new Dictionary<string, string> { ["user"] = "u3" });
        await Eventually.TrueAsync(() => sidecar.ReadFile("db.json") == """{"user":"u3"}""", "the others go on");
        Assert.Equal("k1", sidecar.ReadFile("key"));
    }

    [Fact]
    public async Task A_sidecar_replaces_certificates_before_their_end_and_revoked_leases_when_it_renews_them()
    {
        await using var vault = await StartVaultAsync(TimeSpan.FromSeconds(8), TimeSpan.FromHours(1));
        const string Short = "tls.crt = pki-int/issue/app?common_name=a.org&ttl=10s#certificate\ntls.key = pki-int/issue/app?common_name=a.org&ttl=10s#private_key\ncreds.json = database/creds/app";
        await using var sidecar = await StartAsync(vault, ("MODE", "sidecar"), ("VAULT_SECRETS", Short));
        Assert.Equal((200, null), await sidecar.PushAsync(await PushAsync(vault)));
        var (certificate, user) = (sidecar.ReadFile("tls.crt"), sidecar.ReadFile("creds.json"));
        vault.Setup.RevokeLeases("database/creds/app");
        await Eventually.TrueAsync(() => sidecar.ReadFile("creds.json") != user, "another user is there");
        Assert.True(IsLive(vault, sidecar));
        Assert.Contains("its lease is lost: PUT sys/leases/renew: 400: lease not found", sidecar.Output, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => sidecar.ReadFile("tls.crt") != certificate, "another certificate is there");
        var folder = Path.Combine(sidecar.Folder, new FileInfo(Path.Combine(sidecar.Folder, "..data")).LinkTarget!);
        using var pair = X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(folder, "tls.crt")), File.ReadAllText(Path.Combine(folder, "tls.key")));
        Assert.True(pair.NotAfter > DateTime.Now);
    }

    [Fact]
    public async Task Ready_waits_for_every_file()
    {
        await using var vault = await StartVaultAsync();
        await using var sidecar = await StartAsync(vault, ("MODE", "sidecar"), ("VAULT_SECRETS", "key = old/app/key#key"));
        Assert.Equal((200, null), await sidecar.PushAsync(await PushAsync(vault)));
        Assert.Equal(0, await ReadyAsync("key = old/app/key#key"));
        Assert.Equal(1, await ReadyAsync("key = old/app/key#key\nother = old/app/key"));

        async Task<int> ReadyAsync(string lines)
        {
            var environment = new Dictionary<string, string> { ["CREDENTIALS_PATH"] = sidecar.Folder, ["VAULT_SECRETS"] = lines };
            await using var ready = await InitProcess.StartAsync(environment, listens: false, arguments: ["ready"]);
            return await ready.ExitCodeAsync();
        }
    }

    private static bool IsLive(SimulatedVault vault, InitProcess init)
    {
        using var json = JsonDocument.Parse(init.ReadFile("creds.json"));
        return vault.IsLiveDatabaseUser(json.RootElement.GetProperty("username").GetString()!, json.RootElement.GetProperty("password").GetString()!);
    }

    private static async Task<SimulatedVault> StartVaultAsync(TimeSpan? userTtl = null, TimeSpan? userMaxTtl = null)
    {
        var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), CancellationToken.None);
        vault.Setup.EnableAppRole();
        vault.Setup.CreateAppRole(Role, new AppRoleSettings { Policies = [Role] });
        vault.Setup.WritePolicy(Role, Policy);
        vault.Setup.EnableKv("secret", 2);
        vault.Setup.WriteSecret("secret", "app/db", new Dictionary<string, string> { ["user"] = "it's", ["password"] = "p1" });
        vault.Setup.WriteSecret("secret", "other", new Dictionary<string, string> { ["x"] = "y" });
        vault.Setup.EnableKv("old", 1);
        vault.Setup.WriteSecret("old", "app/key", new Dictionary<string, string> { ["key"] = "k1" });
        vault.Setup.EnableDatabase();
        vault.Setup.CreateDatabaseRole("app", userTtl ?? TimeSpan.FromHours(1), userMaxTtl ?? TimeSpan.FromHours(24));
        vault.Setup.EnablePki("pki-root", "pki-int").Dispose();
        vault.Setup.CreatePkiRole("pki-int", "app");
        return vault;
    }

    private static Task<InitProcess> StartAsync(SimulatedVault vault, params (string Name, string Value)[] more)
    {
        var environment = more.ToDictionary(pair => pair.Name, pair => pair.Value);
        environment["VAULT_ROLE_ID"] = vault.Setup.ReadRoleId(Role);
        return InitProcess.StartAsync(environment);
    }

    private static async Task<SecretPush> PushAsync(SimulatedVault vault)
    {
        using var http = VaultTransport.Create(vault.Address, new SystemTrust());
        var wrapped = await new VaultClient(http).IssueWrappedSecretIdAsync(
            vault.Setup.CreateControllerToken([Role]), Role, TimeSpan.FromMinutes(1), s_noMetadata, null, CancellationToken.None);
        return new SecretPush(wrapped.Token, wrapped.CreationTime, (long)wrapped.Ttl.TotalSeconds, vault.Address.ToString(), null);
    }
}
