using AkkaVault.Sandbox;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>A pod whose token cannot be written for a while.</summary>
public sealed class UnwritableFolderTests
{
    [Fact]
    public async Task Tokens_that_could_not_be_written_are_revoked_and_the_pod_is_served_when_they_can_be()
    {
        await using var cluster = await SandboxCluster.StartAsync(_ => { }, new CancellationTokenSource(TimeSpan.FromMinutes(4)).Token);
        var folder = Directory.CreateDirectory(Path.Combine(cluster.Directory, "unwritable")).FullName;
        // A folder has the file's name, so the file cannot be written.
        var obstacle = Directory.CreateDirectory(Path.Combine(folder, "vault-token", "full")).Parent!;
        var pod = await cluster.RunPodAsync(cluster.Plan("unlucky") with { Environment = new Dictionary<string, string> { ["CREDENTIALS_PATH"] = folder } });
        await Eventually.TrueAsync(() => cluster.Vault.Audit.Count(entry => entry is { Path: "auth/approle/login", Status: 200 }) >= 2, "it has logged in more than once");
        obstacle.Delete(recursive: true);
        await pod.Running.WaitAsync(TimeSpan.FromMinutes(1));
        // Only the token of the last login is alive: its file was written.
        await Eventually.TrueAsync(() => cluster.Vault.LiveTokens.Count(token => token.Path == "auth/approle/login") == 1, "one token is alive");
        Assert.Contains(Path.Combine(folder, "vault-token"), Directory.EnumerateFiles(folder));
    }
}
