using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>Compares the simulated Vault with a real Vault 1.8. It repeats every recorded request in order, over real HTTP.</summary>
public sealed class TranscriptTests
{
    [Theory]
    [InlineData("vault-1.8.jsonl", 112)]
    [InlineData("vault-1.8-more.jsonl", 67)]
    public async Task Every_recorded_request_is_answered_as_Vault_answered_it(string file, int exchanges)
    {
        var recording = RecordedExchange.Load(file);
        Assert.Equal(exchanges, recording.Count);
        var replay = new TranscriptReplay(recording);
        var clock = new TestClock(replay.Start);
        await using var vault = await SimulatedVault.StartAsync(
            new SimulatedVaultOptions { RootToken = "vault-root-token", Time = clock }, CancellationToken.None);
        var differences = await replay.RunAsync(vault.Address, TimeSpan.Zero, time =>
        {
            if (time > clock.GetUtcNow()) clock.SetUtcNow(time);
            return Task.CompletedTask;
        });
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }
}
