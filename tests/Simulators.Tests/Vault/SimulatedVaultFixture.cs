using System.Net;
using System.Net.Sockets;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Vault;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Vault;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>A simulated Vault with a clock of its own, one AppRole <c>sample-app</c>, and a controller's token.</summary>
internal sealed class SimulatedVaultFixture : VaultFixture
{
    private SimulatedVaultFixture(SimulatedVault vault, TestClock clock)
        : base(vault, vault.Address, vault.RootToken)
    {
        (Vault, Clock) = (vault, clock);
        vault.Setup.EnableAppRole();
        vault.Setup.CreateAppRole(Role, new AppRoleSettings { Policies = [Role] });
        RoleId = vault.Setup.ReadRoleId(Role);
        ControllerToken = vault.Setup.CreateControllerToken([Role]);
    }

    public SimulatedVault Vault { get; }

    public TestClock Clock { get; }

    public string RoleId { get; }

    public string ControllerToken { get; }

    public static async Task<SimulatedVaultFixture> StartAsync(SimulatedVaultOptions? options = null)
    {
        var clock = new TestClock(DateTimeOffset.UtcNow);
        options = (options ?? new SimulatedVaultOptions()) with { Time = clock };
        return new SimulatedVaultFixture(await SimulatedVault.StartAsync(options, CancellationToken.None), clock);
    }

    public Task<WrappingToken> IssueAsync(int seconds = 60, IReadOnlyDictionary<string, string>? metadata = null) =>
        Client.IssueWrappedSecretIdAsync(ControllerToken, Role, TimeSpan.FromSeconds(seconds), metadata ?? NoMetadata, null, CancellationToken.None);

    /// <summary>A client whose connections come from a given loopback address.</summary>
    public HttpClient From(string address)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                    await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        return new HttpClient(handler) { BaseAddress = Vault.Address };
    }
}
