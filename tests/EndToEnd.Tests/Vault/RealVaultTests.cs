using System.Text.Json.Nodes;

namespace AkkaVault.EndToEnd.Tests.Vault;

/// <summary>The contract, held by a real Vault or OpenBao, and the recording once more where it is of that version.</summary>
public sealed class RealVaultTests : VaultContract
{
    [SkippableFact]
    public async Task The_recorded_requests_are_answered_as_recorded()
    {
        await using var vault = await RealAsync();
        using var http = new HttpClient { BaseAddress = vault.Address };
        var version = (string)JsonNode.Parse(await http.GetStringAsync("v1/sys/health"))!["version"]!;
        var replay = new TranscriptReplay(RecordedExchange.Load("vault-1.8.jsonl"));
        var shift = DateTimeOffset.UtcNow - replay.Start;
        var differences = await replay.RunAsync(vault.Address, shift, UntilAsync);
        Skip.If(
            differences.Count > 0 && !version.StartsWith("1.8.", StringComparison.Ordinal),
            $"this Vault is {version}, the recording is of 1.8: {differences.Count} differences, the first: {differences.FirstOrDefault()}");
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private protected override async Task<VaultUnderTest> StartAsync()
    {
        var vault = await RealAsync();
        return new VaultUnderTest(vault, vault.Address, RealVault.RootToken);
    }

    private static Task<RealVault> RealAsync()
    {
        Skip.If(RealVault.Missing is not null, RealVault.Missing);
        return RealVault.StartAsync(RealVault.Binary!);
    }

    /// <summary>A real Vault's clock cannot be set; what expired in the recording must have the time to.</summary>
    private static Task UntilAsync(DateTimeOffset time) => Eventually.TrueAsync(() => DateTimeOffset.UtcNow >= time, $"it is {time:O}");
}
