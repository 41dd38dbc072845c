using System.Net;
using AkkaVault.Controller.Cluster.Reachability;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Tests.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Actors.Tests.Cluster.Reachability;

/// <summary>Which answers count as reaching the API server.</summary>
public sealed class ApiServerProbeTests : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<HttpContext, Task> _answer = _ => Task.CompletedTask;
    private WebApplication _server = null!;
    private ApiServer _api = null!;

    private ApiServerProbe Probe => new(_api, new KubernetesSettings(WatchScope.Parse("default"), "vault", "kubernetes-vault", null), _clock);

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _server = builder.Build();
        _server.Run(context =>
        {
            _asked.TrySetResult();
            return _answer(context);
        });
        await _server.StartAsync();
        _api = ApiServer.For(new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()));
    }

    public async Task DisposeAsync()
    {
        _api.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(200, """{"items":[]}""", null)]
    [InlineData(403, """{"kind":"Status","message":"endpointslices is forbidden"}""", null)]
    [InlineData(404, """{"kind":"Status","message":"not found"}""", null)]
    [InlineData(429, """{"kind":"Status","message":"too many requests"}""", null)]
    [InlineData(401, """{"kind":"Status","message":"Unauthorized"}""", "401: Unauthorized")]
    [InlineData(500, """{"kind":"Status","message":"etcdserver: leader changed"}""", "500: etcdserver: leader changed")]
    [InlineData(503, "no backend", "the answer 503 did not come from the API server (it is Kestrel, and sent something else); is there a load balancer or a proxy in front that cannot reach it, or is the address wrong?")]
    [InlineData(404, "no backend", "the answer 404 did not come from the API server (it is Kestrel, and sent something else); is there a load balancer or a proxy in front that cannot reach it, or is the address wrong?")]
    public async Task A_server_that_knows_the_controller_and_works_is_reached(int status, string body, string? problem)
    {
        _answer = context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body);
        };
        Assert.Equal(problem, await Probe.TryAsync(default));
    }

    [Fact]
    public async Task Somebody_else_who_answers_is_not_the_API_server()
    {
        _answer = context => context.Response.WriteAsync("<html>please log in</html>");
        Assert.NotNull(await Probe.TryAsync(default));
    }

    [Fact]
    public async Task Where_nobody_listens_it_is_not_reached()
    {
        await _server.StopAsync();
        Assert.Contains("refused", await Probe.TryAsync(default), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task One_that_does_not_answer_in_time_is_not_reached()
    {
        _answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        var trying = Probe.TryAsync(default);
        await _asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        _clock.Advance(ApiServerProbe.Timeout);
        Assert.Equal("no answer within 3 s", await trying.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task One_that_is_stopped_while_it_tries_finds_nothing()
    {
        _answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        using var stopped = new CancellationTokenSource();
        var trying = Probe.TryAsync(stopped.Token);
        await _asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trying.WaitAsync(TimeSpan.FromSeconds(30)));
    }
}
