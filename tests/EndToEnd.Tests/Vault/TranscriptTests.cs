using AkkaVault.Sandbox.Vault;

namespace AkkaVault.EndToEnd.Tests.Vault;

/// <summary>Holds the simulated Vault to a real Vault 1.8: every recorded request again, in order, over real HTTP.</summary>
public sealed class TranscriptTests
{
    [Fact]
    public async Task Every_recorded_request_is_answered_as_Vault_answered_it()
    {
        var recording = RecordedExchange.Load("vault-1.8.jsonl");
        Assert.Equal(112, recording.Count);
        var replay = new TranscriptReplay(recording);
        var clock = new ManualTime(replay.Start);
        await using var vault = await SimulatedVault.StartAsync(
            new SimulatedVaultOptions { RootToken = "vault-root-token", Time = clock }, CancellationToken.None);
        var differences = await replay.RunAsync(vault.Address, TimeSpan.Zero, time =>
        {
            clock.MoveTo(time);
            return Task.CompletedTask;
        });
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }
}
