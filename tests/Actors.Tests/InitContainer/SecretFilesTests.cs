using System.Text;
using System.Text.Json;
using AkkaVault.InitContainer;
using AkkaVault.InitContainer.Secrets;
using AkkaVault.InitContainer.Sidecar;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Vault;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.Actors.Tests.InitContainer;

/// <summary>What a sidecar does with its secret files when another token replaces the one that they were read with.</summary>
public sealed class SecretFilesTests : IDisposable
{
    private const string Role = "web";

    private readonly string _folder = Directory.CreateTempSubdirectory("akkavault-files-").FullName;
    private readonly StringWriter _output = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task With_another_token_leases_are_read_again_before_the_token_before_ends_and_nothing_else_is()
    {
        await using var vault = await StartVaultAsync();
        using var http = VaultTransport.Create(vault.Address, new SystemTrust());
        var client = new VaultClient(http);
        var (first, second) = (await LogInAsync(vault, client), await LogInAsync(vault, client));
        var log = new Log(LogLevel.Debug, TextWriter.Synchronized(_output), TextWriter.Synchronized(_output));
        var settings = new SecretSettings(SecretLines.Parse("creds.json = database/creds/app\nkey = secret/app#key", []), TimeSpan.FromMinutes(5));
        var files = new SecretFiles(settings, _folder, log);
        var reading = files.ReadWith(client, first);
        Assert.Null(await reading.RunAsync());
        files.Write(reading.Readings);
        var user = Read("creds.json");
        Assert.Equal("v", Read("key"));
        var metrics = new SidecarMetrics();
        using (files.Begin(client, first, metrics))
        {
            files.Use(client, second);
            await Eventually.TrueAsync(() => Read("creds.json") != user, "the user is another one");
            Assert.Contains("secret_reads_total{result=\"success\"} 1\n", Encoding.UTF8.GetString(metrics.Write(TimeSpan.Zero, DateTimeOffset.UtcNow)), StringComparison.Ordinal);
            Assert.True(IsLive(vault, user));
            await client.RevokeSelfAsync(first, CancellationToken.None);
            Assert.False(IsLive(vault, user));
            Assert.True(IsLive(vault, Read("creds.json")));
            Assert.Single(vault.Audit, entry => entry.Path == "secret/data/app");
        }

        Assert.All(vault.EverySecret.Where(secret => secret.Length > 1), secret => Assert.DoesNotContain(secret, _output.ToString(), StringComparison.Ordinal));
    }

    private static async Task<SimulatedVault> StartVaultAsync()
    {
        var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), CancellationToken.None);
        vault.Setup.EnableAppRole();
        vault.Setup.CreateAppRole(Role, new AppRoleSettings { Policies = [Role] });
        vault.Setup.WritePolicy(Role, """
            path "secret/data/app" { capabilities = ["read"] }
            path "database/creds/app" { capabilities = ["read"] }
            """);
        vault.Setup.EnableKv("secret", 2);
        vault.Setup.WriteSecret("secret", "app", new Dictionary<string, string> { ["key"] = "v" });
        vault.Setup.EnableDatabase();
        vault.Setup.CreateDatabaseRole("app", TimeSpan.FromHours(1), TimeSpan.FromHours(24));
        return vault;
    }

    private static async Task<string> LogInAsync(SimulatedVault vault, VaultClient client) =>
        (await client.LoginAsync(vault.Setup.ReadRoleId(Role), vault.Setup.IssueSecretId(Role), CancellationToken.None)).ClientToken;

    private static bool IsLive(SimulatedVault vault, string json)
    {
        using var user = JsonDocument.Parse(json);
        return vault.IsLiveDatabaseUser(user.RootElement.GetProperty("username").GetString()!, user.RootElement.GetProperty("password").GetString()!);
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(_folder, name));
}
