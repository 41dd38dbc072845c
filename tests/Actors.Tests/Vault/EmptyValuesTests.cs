using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Vault;

/// <summary>Vault rejects a whole request for some empty values, so an unknown value is not sent.</summary>
public sealed class EmptyValuesTests : IAsyncLifetime
{
    private SimulatedVault _vault = null!;
    private HttpClient _http = null!;
    private VaultClient _client = null!;

    public async Task InitializeAsync()
    {
        _vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), default);
        _http = VaultTransport.Create(_vault.Address, new SystemTrust());
        _client = new VaultClient(_http);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _vault.DisposeAsync();
    }

    [Theory]
    [InlineData("", "a", new[] { "pod" })]
    [InlineData("n", "", new[] { "node" })]
    [InlineData("n", "a", new[] { "node", "pod" })]
    [InlineData("", "", new string[0])]
    public async Task A_secret_id_is_issued_whatever_is_not_known_of_its_pod(string node, string pod, string[] known)
    {
        _vault.Setup.EnableAppRole();
        _vault.Setup.CreateAppRole("web");
        await _client.IssueWrappedSecretIdAsync(
            _vault.RootToken, "web", TimeSpan.FromMinutes(1), new Dictionary<string, string> { ["node"] = node, ["pod"] = pod }, null, default);
        Assert.Equal(known, Assert.Single(_vault.WrappingTokens).Metadata.Keys.Order());
    }

    [Fact]
    public async Task A_certificate_is_issued_for_a_host_without_a_name_or_address_of_its_own()
    {
        _vault.Setup.EnablePki("root-ca", "intermediate-ca");
        _vault.Setup.CreatePkiRole("intermediate-ca", "web");
        var issued = await _client.IssueCertificateAsync(_vault.RootToken, "intermediate-ca", "web", new CertificateNames("web", [], []), default);
        Assert.NotEmpty(issued.CaChain);
    }
}
