using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Kubernetes.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Actors.Tests.Kubernetes.Endpoints;

public sealed class ServiceEndpointsTests : IAsyncLifetime
{
    private readonly List<string> _asked = [];
    private readonly Dictionary<string, (int Status, string Body)> _answers = [];
    private WebApplication _server = null!;
    private ApiServer _api = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _server = builder.Build();
        _server.Run(async context =>
        {
            var path = context.Request.Path + context.Request.QueryString.Value;
            _asked.Add(path);
            var (status, body) = _answers.GetValueOrDefault(path, (404, """{"kind": "Status", "code": 404}"""));
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(body);
        });
        await _server.StartAsync();
        _api = ApiServer.For(new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()));
    }

    public async Task DisposeAsync()
    {
        _api.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Where_the_API_server_has_no_slices_the_recorded_Endpoints_give_ready_and_not_ready_addresses()
    {
        foreach (var exchange in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Transcripts", "kubernetes-1.20.jsonl")).Select(line => JsonNode.Parse(line)!))
        {
            if ((string)exchange["name"]! is "endpointslices-v1-list" or "endpoints-get" or "endpoints-get-missing")
                _answers[(string)exchange["request"]!["path"]!] = ((int)exchange["response"]!["status"]!, exchange["response"]!["body"]!.ToJsonString());
        }

        Assert.Equal(3, _answers.Count);
        var endpoints = new ServiceEndpoints(_api);
        Assert.Equal(["10.1.0.11:8558", "10.1.0.12:8558"], Texts(await endpoints.ReadAsync("rec", "kubernetes-vault", "management", default)));
        Assert.Equal(["10.1.0.11:", "10.1.0.12:"], Texts(await endpoints.ReadAsync("rec", "kubernetes-vault", "other", default)));
        Assert.Empty(await endpoints.ReadAsync("rec", "nope", "management", default));
        Assert.Single(_asked, path => path.Contains("endpointslices", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_empty_list_of_slices_as_recorded_means_no_addresses()
    {
        foreach (var exchange in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Transcripts", "kubernetes-1.36.jsonl")).Select(line => JsonNode.Parse(line)!))
        {
            if (exchange["response"] is { } response) _answers[(string)exchange["request"]!["path"]!] = ((int)response["status"]!, response["body"]!.ToJsonString());
        }

        Assert.Empty(await new ServiceEndpoints(_api).ReadAsync("rec", "kubernetes-vault", "management", default));
        Assert.Equal(["/apis/discovery.k8s.io/v1/namespaces/rec/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dkubernetes-vault"], _asked);
    }

    [Fact]
    public async Task Slices_of_both_address_families_give_all_their_addresses_once()
    {
        _answers["/apis/discovery.k8s.io/v1/namespaces/ns/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dvault"] = (200, """
            {"items": [
              {"addressType": "IPv4", "ports": [{"name": "management", "port": 8558}], "endpoints": [
                {"addresses": ["10.1.0.11"], "conditions": {"ready": true}}, {"addresses": ["10.1.0.12"], "conditions": {"ready": false}}]},
              {"addressType": "IPv4", "ports": [{"name": "management", "port": 8558}], "endpoints": [{"addresses": ["10.1.0.12"]}]},
              {"addressType": "IPv6", "endpoints": [{"addresses": ["fd00::1"]}]},
              {"addressType": "FQDN", "endpoints": [{"addresses": ["vault.example"]}]},
              {"addressType": "IPv4", "endpoints": null, "ports": null}
            ]}
            """);
        Assert.Equal(["10.1.0.11:8558", "10.1.0.12:8558", "fd00::1:"], Texts(await new ServiceEndpoints(_api).ReadAsync("ns", "vault", "management", default)));
    }

    [Fact]
    public async Task A_refusal_has_the_message_of_the_API_server()
    {
        _answers["/apis/discovery.k8s.io/v1/namespaces/ns/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dvault"] = (403, """{"kind": "Status", "code": 403, "message": "cannot list resource"}""");
        var refusal = await Assert.ThrowsAsync<ApiServerException>(() => new ServiceEndpoints(_api).ReadAsync("ns", "vault", "management", default));
        Assert.Contains("cannot list resource", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_load_balancers_404_does_not_mean_that_there_are_no_slices()
    {
        const string Slices = "/apis/discovery.k8s.io/v1/namespaces/ns/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dvault";
        var endpoints = new ServiceEndpoints(_api);
        _answers[Slices] = (404, "default backend - 404");
        await Assert.ThrowsAsync<ApiServerException>(() => endpoints.ReadAsync("ns", "vault", "management", default));
        _answers[Slices] = (200, """{"items": [{"endpoints": [{"addresses": ["10.1.0.7"]}]}]}""");
        Assert.Equal("10.1.0.7", Assert.Single(await endpoints.ReadAsync("ns", "vault", "management", default)).Ip.ToString());
    }

    [Fact]
    public async Task Without_rights_on_slices_the_Endpoints_are_read_and_the_slices_as_soon_as_they_are_allowed()
    {
        const string Slices = "/apis/discovery.k8s.io/v1/namespaces/ns/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dvault";
        _answers[Slices] = (403, """{"kind": "Status", "code": 403, "message": "cannot list resource"}""");
        _answers["/api/v1/namespaces/ns/endpoints/vault"] = (200, """{"subsets": [{"addresses": [{"ip": "10.1.0.11"}], "ports": [{"name": "management", "port": 8558}]}]}""");
        var endpoints = new ServiceEndpoints(_api);
        Assert.Equal(["10.1.0.11:8558"], Texts(await endpoints.ReadAsync("ns", "vault", "management", default)));
        _answers[Slices] = (200, """{"items": [{"addressType": "IPv4", "endpoints": [{"addresses": ["10.1.0.12"]}]}]}""");
        Assert.Equal(["10.1.0.12:"], Texts(await endpoints.ReadAsync("ns", "vault", "management", default)));

        _answers[Slices] = (403, """{"kind": "Status", "code": 403, "message": "cannot list resource"}""");
        _answers["/api/v1/namespaces/ns/endpoints/vault"] = (403, """{"kind": "Status", "code": 403, "message": "cannot get resource"}""");
        var refusal = await Assert.ThrowsAsync<ApiServerException>(() => endpoints.ReadAsync("ns", "vault", "management", default));
        Assert.Contains("cannot list resource", refusal.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Texts(ImmutableHashSet<ServiceEndpoint> endpoints) =>
        endpoints.Select(endpoint => $"{endpoint.Ip}:{endpoint.Port}").Order(StringComparer.Ordinal);
}
