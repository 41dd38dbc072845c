using System.Net;
using System.Text.Json.Nodes;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>KV, database users with leases, and where paths are mounted. Not in the recordings; as Vault's source has it.</summary>
public sealed class SecretsEngineTests
{
    private static readonly IReadOnlyDictionary<string, string> s_none = new Dictionary<string, string>();

    [Fact]
    public async Task Of_KV_1_is_read_what_was_written()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Setup.EnableKv("secret", 1);
        var token = await WithPolicyAsync(fixture, """path "secret/app/*" { capabilities = ["create", "update", "read", "delete", "list"] }""");
        Assert.Equal(HttpStatusCode.NoContent, (await fixture.SendAsync("PUT", "secret/app/db", token, new { user = "u", n = 1 })).Status);
        var (status, body, _) = await fixture.SendAsync("GET", "secret/app/db", token);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"user":"u","n":1}""", body!["data"]!.ToJsonString());
        Assert.Equal(("", false, 2764800), ((string)body["lease_id"]!, (bool)body["renewable"]!, (int)body["lease_duration"]!));
        Assert.Equal("""["db"]""", (await fixture.SendAsync("LIST", "secret/app", token)).Body!["data"]!["keys"]!.ToJsonString());
        Assert.Equal((404, ""), Errors(await fixture.SendAsync("GET", "secret/app/none", token)));
        Assert.Equal((400, "missing data fields"), Errors(await fixture.SendAsync("PUT", "secret/app/db", token, new { })));
        Assert.Equal(403, (int)(await fixture.SendAsync("GET", "secret/other", token)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await fixture.SendAsync("DELETE", "secret/app/db", token)).Status);
        Assert.Equal((404, ""), Errors(await fixture.SendAsync("GET", "secret/app/db", token)));
    }

    [Fact]
    public async Task Of_KV_2_secrets_are_below_data_and_a_deleted_version_is_not_found()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Setup.EnableKv("kv", 2);
        var root = fixture.Vault.RootToken;
        Assert.Equal(1, (int)(await fixture.SendAsync("PUT", "kv/data/app/db", root, new { data = new { user = "u1" } })).Body!["data"]!["version"]!);
        fixture.Vault.Setup.WriteSecret("kv", "app/db", new Dictionary<string, string> { ["user"] = "u2" });
        var data = (await fixture.SendAsync("GET", "kv/data/app/db", root)).Body!["data"]!;
        Assert.Equal("""{"user":"u2"}""", data["data"]!.ToJsonString());
        Assert.Equal((2, "", false), ((int)data["metadata"]!["version"]!, (string)data["metadata"]!["deletion_time"]!, (bool)data["metadata"]!["destroyed"]!));
        Assert.Equal((400, "no data provided"), Errors(await fixture.SendAsync("PUT", "kv/data/app/db", root, new { user = "u" })));
        Assert.Equal((404, ""), Errors(await fixture.SendAsync("GET", "kv/data/none", root)));
        var (status, body, _) = await fixture.SendAsync("GET", "kv/app/db", root);
        Assert.Equal(404, (int)status);
        Assert.StartsWith("Invalid path for a versioned K/V secrets engine.", (string)body!["warnings"]![0]!, StringComparison.Ordinal);
        Assert.Equal("""["app/"]""", (await fixture.SendAsync("LIST", "kv/metadata", root)).Body!["data"]!["keys"]!.ToJsonString());

        Assert.Equal(HttpStatusCode.NoContent, (await fixture.SendAsync("DELETE", "kv/data/app/db", root)).Status);
        (status, body, _) = await fixture.SendAsync("GET", "kv/data/app/db", root);
        Assert.Equal(404, (int)status);
        Assert.Null(body!["data"]!["data"]);
        Assert.NotEqual("", (string)body["data"]!["metadata"]!["deletion_time"]!);
        // It is Vault that says so, and for good.
        var e = await Assert.ThrowsAsync<VaultException>(() => fixture.Client.ReadSecretAsync(root, "kv/data/app/db", s_none, CancellationToken.None));
        Assert.Equal((HttpStatusCode.NotFound, VaultFailure.Permanent, VaultCause.Status), (e.Status, e.Failure, e.Cause));
    }

    [Fact]
    public async Task Whoever_may_do_anything_below_a_mount_is_told_what_it_is_and_others_are_refused()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        fixture.Vault.Setup.EnableKv("secret", 2);
        fixture.Vault.Setup.EnableKv("old", 1);
        fixture.Vault.Setup.EnableDatabase();
        var token = await WithPolicyAsync(fixture, """
            path "secret/data/app/*" { capabilities = ["read"] }
            path "o*" { capabilities = ["read"] }
            path "database/creds/app" { capabilities = ["deny"] }
            """);
        Assert.Equal(new VaultMount("secret/", "kv", "2"), await fixture.Client.FindMountAsync(token, "secret/any/thing", CancellationToken.None));
        Assert.Equal(new VaultMount("old/", "kv", null), await fixture.Client.FindMountAsync(token, "old/x", CancellationToken.None));
        Assert.Equal(new VaultMount("database/", "database", null), await fixture.Client.FindMountAsync(fixture.Vault.RootToken, "database/creds/app", CancellationToken.None));
        foreach (var path in new[] { "database/creds/app", "nowhere/x" })
        {
            Assert.Equal(
                (403, $"preflight capability check returned 403, please ensure client's policies grant access to path \"{path}/\""),
                Errors(await fixture.SendAsync("GET", $"sys/internal/ui/mounts/{path}", token)));
        }

        Assert.Equal((400, "missing client token"), Errors(await fixture.SendAsync("GET", "sys/internal/ui/mounts/secret/x")));
        Assert.Equal((403, "permission denied"), Errors(await fixture.SendAsync("GET", "sys/internal/ui/mounts/secret/x", "s.nobody")));
    }

    [Fact]
    public async Task A_database_user_lives_as_long_as_its_lease_which_is_renewed_up_to_the_max_ttl()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var (token, read) = await WithDatabaseAsync(fixture);
        Assert.Equal((TimeSpan.FromMinutes(10), true), (read.LeaseDuration, read.Renewable));
        Assert.StartsWith("database/creds/app/", read.LeaseId, StringComparison.Ordinal);
        Assert.StartsWith("v-token-app-", User(read).Name, StringComparison.Ordinal);
        Assert.Contains(User(read).Password, fixture.Vault.EverySecret);
        foreach (var (after, minutes) in new[] { (6, 10), (6, 10), (6, 7), (6, 1) })
        {
            fixture.Clock.Advance(TimeSpan.FromMinutes(after));
            var (status, body, _) = await fixture.SendAsync("PUT", "sys/leases/renew", token, new { lease_id = read.LeaseId });
            Assert.Equal((200, read.LeaseId, 60 * minutes, true), ((int)status, (string)body!["lease_id"]!, (int)body["lease_duration"]!, (bool)body["renewable"]!));
            Assert.Equal(minutes < 10 ? $"TTL of \"10m\" exceeded the effective max_ttl of \"{minutes}m\"; TTL value is capped accordingly" : null, (string?)body["warnings"]?[0]);
            Assert.True(IsLive(fixture, read));
        }

        Assert.Equal(new VaultLease(TimeSpan.FromMinutes(1), true), await fixture.Client.RenewLeaseAsync(token, read.LeaseId, CancellationToken.None));
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(IsLive(fixture, read));
        Assert.Equal((400, "lease expired"), Errors(await fixture.SendAsync("PUT", "sys/leases/renew", token, new { lease_id = read.LeaseId })));
        Assert.Equal((400, "lease not found"), Errors(await fixture.SendAsync("PUT", "sys/leases/renew", token, new { lease_id = "database/creds/app/x" })));
        Assert.Equal((400, "lease_id must be specified"), Errors(await fixture.SendAsync("PUT", "sys/leases/renew", token, new { })));
        Assert.Equal((400, "unknown role: nope"), Errors(await fixture.SendAsync("GET", "database/creds/nope", fixture.Vault.RootToken)));
    }

    [Fact]
    public async Task Leases_end_with_their_token_and_when_they_are_revoked()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        var (token, first) = await WithDatabaseAsync(fixture);
        var second = await fixture.Client.ReadSecretAsync(token, "database/creds/app", s_none, CancellationToken.None);
        Assert.NotEqual(User(first), User(second));
        fixture.Vault.Setup.RevokeLeases("database/creds/app");
        Assert.False(IsLive(fixture, first));
        Assert.False(IsLive(fixture, second));
        var third = await fixture.Client.ReadSecretAsync(token, "database/creds/app", s_none, CancellationToken.None);
        Assert.True(IsLive(fixture, third));
        await fixture.Client.RevokeSelfAsync(token, CancellationToken.None);
        Assert.False(IsLive(fixture, third));
    }

    [Fact]
    public async Task A_lease_of_a_batch_token_ends_with_it()
    {
        await using var fixture = await SimulatedVaultFixture.StartAsync();
        await WithDatabaseAsync(fixture);
        var batch = (string)(await fixture.SendAsync("POST", "auth/token/create", fixture.Vault.RootToken, new { type = "batch", policies = "p", ttl = "5m" })).Body!["auth"]!["client_token"]!;
        var read = await fixture.Client.ReadSecretAsync(batch, "database/creds/app", s_none, CancellationToken.None);
        Assert.InRange(read.LeaseDuration, TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(5));
    }

    private static async Task<(string Token, VaultSecret Read)> WithDatabaseAsync(SimulatedVaultFixture fixture)
    {
        fixture.Vault.Setup.EnableDatabase();
        fixture.Vault.Setup.CreateDatabaseRole("app", TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(25));
        var token = await WithPolicyAsync(fixture, """path "database/creds/app" { capabilities = ["read"] }""");
        return (token, await fixture.Client.ReadSecretAsync(token, "database/creds/app", s_none, CancellationToken.None));
    }

    private static async Task<string> WithPolicyAsync(SimulatedVaultFixture fixture, string policy)
    {
        fixture.Vault.Setup.WritePolicy("p", policy);
        return (string)(await fixture.SendAsync("POST", "auth/token/create", fixture.Vault.RootToken, new { policies = "p", ttl = "10h" })).Body!["auth"]!["client_token"]!;
    }

    private static (string Name, string Password) User(VaultSecret read) => (read.Data.GetProperty("username").GetString()!, read.Data.GetProperty("password").GetString()!);

    private static bool IsLive(SimulatedVaultFixture fixture, VaultSecret read) => fixture.Vault.IsLiveDatabaseUser(User(read).Name, User(read).Password);

    private static (int Status, string Errors) Errors((HttpStatusCode Status, JsonNode? Body, HttpResponseMessage Response) answer) =>
        ((int)answer.Status, string.Join("; ", answer.Body!["errors"]!.AsArray().Select(error => (string)error!)));
}
