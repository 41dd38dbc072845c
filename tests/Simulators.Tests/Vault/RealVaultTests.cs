using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Vault;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>The contract with a real Vault or OpenBao of any version, and a replay of the recordings.</summary>
public sealed class RealVaultTests : VaultContract
{
    [SkippableTheory]
    [InlineData("vault-1.8.jsonl")]
    [InlineData("vault-1.8-more.jsonl")]
    public async Task The_recorded_requests_are_answered_as_recorded(string file)
    {
        await using var vault = await RealAsync();
        var replay = new TranscriptReplay(RecordedExchange.Load(file));
        var shift = DateTimeOffset.UtcNow - replay.Start;
        var differences = await replay.RunAsync(vault.Address, shift, UntilAsync, isOtherBuild: true);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private protected override async Task<VaultFixture> StartAsync()
    {
        var vault = await RealAsync();
        return new VaultFixture(vault, vault.Address, RealVault.RootToken);
    }

    private static Task<RealVault> RealAsync()
    {
        Skip.If(RealVault.Missing is not null, RealVault.Missing);
        return RealVault.StartAsync(RealVault.Binary!);
    }

    /// <summary>The clock of a real Vault cannot be set, so wait until what expired in the recording expires here.</summary>
    private static Task UntilAsync(DateTimeOffset time) => Eventually.TrueAsync(() => DateTimeOffset.UtcNow >= time, $"it is {time:O}");
}
