using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Endpoints;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;

namespace AkkaVault.Actors.Tests.Kubernetes.Endpoints;

public class ServiceAddressesTests
{
    private static readonly IPAddress One = IPAddress.Parse("10.0.0.1"), Two = IPAddress.Parse("10.0.0.2");

    [Fact]
    public async Task While_the_API_server_is_away_the_DNS_gives_the_addresses_of_a_Service()
    {
        var asked = "";
        using var api = Away();
        var found = await new ServiceAddresses(new ServiceEndpoints(api), "ns", (name, _) =>
        {
            asked = name;
            return Task.FromResult<IPAddress[]>([One, Two]);
        }).FindAsync("service", "management", TimeSpan.FromSeconds(30));
        Assert.Equal("service.ns", asked);
        Assert.Equal([new ServiceEndpoint(One, null), new ServiceEndpoint(Two, null)], found.Endpoints.OrderBy(endpoint => $"{endpoint.Ip}", StringComparer.Ordinal));
        Assert.IsType<HttpRequestException>(found.Problem);
    }

    [Fact]
    public async Task If_the_DNS_does_not_know_the_Service_either_no_address_is_found()
    {
        using var api = Away();
        var found = await new ServiceAddresses(new ServiceEndpoints(api), "ns", (_, _) => throw new SocketException((int)SocketError.HostNotFound)).FindAsync("service", "management", TimeSpan.FromSeconds(30));
        Assert.Empty(found.Endpoints);
        Assert.NotNull(found.Problem);
    }

    [Fact]
    public async Task The_last_answer_of_the_API_server_is_remembered_with_its_ports()
    {
        await using var server = await SimulatedApiServer.StartAsync();
        using var api = ApiServer.For(server.Address, server.Token);
        using var admin = new HttpClient { BaseAddress = server.Address };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Token);
        await new ControllerService(admin, slices: true).PublishAsync([$"{One}"], CancellationToken.None);
        var addresses = new ServiceAddresses(new ServiceEndpoints(api), ControllerService.Namespace, (_, _) => Task.FromResult<IPAddress[]>([One, Two]));
        Task<FoundAddresses> FindAsync() => addresses.FindAsync(ControllerService.Name, "management", TimeSpan.FromSeconds(30));
        var said = await FindAsync();
        Assert.Null(said.Problem);
        var one = Assert.Single(said.Endpoints);
        Assert.NotNull(one.Port);
        await server.StopListeningAsync();
        var remembered = await FindAsync();
        Assert.NotNull(remembered.Problem);
        Assert.Equal([one, new ServiceEndpoint(Two, null)], remembered.Endpoints.OrderBy(endpoint => $"{endpoint.Ip}", StringComparer.Ordinal));
    }

    private static ApiServer Away() => ApiServer.For(new Uri("http://127.0.0.1:1"));
}
