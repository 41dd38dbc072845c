using System.Collections.Concurrent;
using System.Net;
using AkkaVault.Sandbox.Network;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.EndToEnd.Tests.Cli;

/// <summary>Management ports that give the answers of a test, over real HTTP.</summary>
internal sealed class FakeManagement : IAsyncDisposable
{
    public const string Self = "akka.tcp://kubernetes-vault@127.0.0.1:2552";
    public const string Other = "akka.tcp://kubernetes-vault@127.0.0.2:2552";
    public const string Gone = "akka.tcp://kubernetes-vault@127.0.0.3:2552";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, (int Status, string Body)> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _requests = new();

    private FakeManagement(WebApplication app) => _app = app;

    /// <summary>The URL of the first port, at 127.0.0.1.</summary>
    public string Url { get; private set; } = "";

    /// <summary>The requests that would change something: method, path and body.</summary>
    public IReadOnlyList<string> Changes => [.. _requests];

    /// <summary>Starts two ports: the same port number at 127.0.0.1 and 127.0.0.2.</summary>
    public static async Task<FakeManagement> StartAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            // A port that is free at one address is rarely taken at the other.
            var port = FreePort.Next();
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Listen(IPAddress.Loopback, port);
                kestrel.Listen(IPAddress.Parse("127.0.0.2"), port);
            });
            var fake = new FakeManagement(builder.Build());
            fake._app.Run(fake.AnswerAsync);
            try
            {
                await fake._app.StartAsync();
                fake.Url = fake._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
                return fake;
            }
            catch (IOException) when (attempt < 5)
            {
                await fake.DisposeAsync();
            }
        }
    }

    /// <summary>Sets the answer to a request. With an address before the method, only the port at that address gives it.</summary>
    public FakeManagement Answers(string request, string body, int status = 200)
    {
        _answers[request] = (status, body);
        return this;
    }

    /// <summary>A cluster of three. This member is the leader, and the third one is unreachable by default.</summary>
    public FakeManagement HasMembers(string? oldest = Self, bool reachable = false) => Answers("GET /cluster/members", $$"""
        {"selfNode":"{{Self}}","leader":"{{Self}}","oldest":{{(oldest is null ? "null" : $"\"{oldest}\"")}},"oldestPerRole":{},
         "unreachable":[{{(reachable ? "" : $$"""{"node":"{{Gone}}","observedBy":["{{Self}}"]}""")}}],
         "members":[{"node":"{{Self}}","nodeUid":"1","status":"Up","roles":["controller"]},{"node":"{{Other}}","nodeUid":"2","status":"Up","roles":["controller"]},{"node":"{{Gone}}","nodeUid":"3","status":"Up","roles":["controller"]}]}
        """);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var request = $"{context.Request.Method} {context.Request.Path.Value}";
        if (context.Request.Method != "GET")
        {
            using var reader = new StreamReader(context.Request.Body);
            _requests.Enqueue($"{request} {await reader.ReadToEndAsync()}".TrimEnd());
        }

        var (status, body) = _answers.TryGetValue($"{context.Connection.LocalIpAddress} {request}", out var own) ? own
            : _answers.TryGetValue(request, out var answer) ? answer
            : (404, "");
        if (status == 0)
        {
            // Do not answer: wait until the client gives up.
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }
}
