using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit.Vault;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>The contract with the simulated Vault.</summary>
public sealed class SimulatedVaultContractTests : VaultContract
{
    private protected override async Task<VaultUnderTest> StartAsync()
    {
        var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), CancellationToken.None);
        return new VaultUnderTest(vault, vault.Address, vault.RootToken);
    }
}
