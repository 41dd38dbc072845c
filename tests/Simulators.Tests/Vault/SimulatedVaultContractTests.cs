using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit.Vault;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>The contract with the simulated Vault.</summary>
public sealed class SimulatedVaultContractTests : VaultContract
{
    private protected override async Task<VaultFixture> StartAsync()
    {
        var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), CancellationToken.None);
        return new VaultFixture(vault, vault.Address, vault.RootToken);
    }
}
