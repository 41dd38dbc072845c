using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Vault;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.Simulators.Tests.Vault;

/// <summary>A simulated Vault with a clock of its own, one AppRole <c>sample-app</c>, a controller's token, and clients.</summary>
internal sealed class VaultFixture : IAsyncDisposable
{
    public const string Role = "sample-app";
    public const string SecretIdPath = $"auth/approle/role/{Role}/secret-id";
    public static readonly IReadOnlyDictionary<string, string> NoMetadata = new Dictionary<string, string>();

    private VaultFixture(SimulatedVault vault, TestClock clock)
    {
        (Vault, Clock) = (vault, clock);
        Http = VaultTransport.Create(vault.Address, new SystemTrust());
        Client = new VaultClient(Http);
        vault.Setup.EnableAppRole();
        vault.Setup.CreateAppRole(Role, new AppRoleSettings { Policies = [Role] });
        RoleId = vault.Setup.ReadRoleId(Role);
        ControllerToken = vault.Setup.CreateControllerToken([Role]);
    }

    public SimulatedVault Vault { get; }

    public TestClock Clock { get; }

    public HttpClient Http { get; }

    public VaultClient Client { get; }

    public string RoleId { get; }

    public string ControllerToken { get; }

    public static async Task<VaultFixture> StartAsync(SimulatedVaultOptions? options = null)
    {
        var clock = new TestClock(DateTimeOffset.UtcNow);
        options = (options ?? new SimulatedVaultOptions()) with { Time = clock };
        return new VaultFixture(await SimulatedVault.StartAsync(options, CancellationToken.None), clock);
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

    /// <summary>Sends one plain request, with the client <paramref name="over"/> if it is given.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body, HttpResponseMessage Response)> SendAsync(
        string method, string path, string? token = null, object? body = null, HttpClient? over = null, string? ns = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"v1/{path}");
        if (ns is not null) request.Headers.Add("X-Vault-Namespace", ns);
        if (token is not null) request.Headers.Add("X-Vault-Token", token);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await (over ?? Http).SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : null, response);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Vault.DisposeAsync();
    }
}
