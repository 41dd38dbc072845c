using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Certificates;
using AkkaVault.Tests.TestKit.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.EndToEnd.Tests.Cli;

/// <summary>Port-forward and exec through a real kube-apiserver to a simulated kubelet, and what the simulated API server answers in the same cases.</summary>
public sealed class CliPortForwardRealApiServerTests : IAsyncLifetime
{
    private RealApiServer? _api;

    public async Task InitializeAsync()
    {
        if (RealApiServer.Missing is null) _api = await RealApiServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_api is not null) await _api.DisposeAsync();
    }

    [SkippableFact]
    public async Task A_real_API_server_hands_the_connection_to_the_kubelet()
    {
        Skip.If(RealApiServer.Missing is not null, RealApiServer.Missing);
        await using var management = (await FakeManagement.StartAsync()).HasMembers(oldest: FakeManagement.Other, reachable: true)
            .Answers("127.0.0.2 GET /pods", """{"selfNode":"the leader","pods":[],"unanswered":[]}""");
        var pods = new ControllerPodsFixture(_api!.Admin, new Uri(management.Url).Port);
        await using var kubelet = await KubeletAsync(pod => pod.EndsWith('0') ? "127.0.0.1" : "127.0.0.2");
        await CreateNodeAsync(pods, PortOf(kubelet));
        await pods.CreateNamespaceAsync("kubernetes-vault");
        await pods.CreateAsync("kubernetes-vault", "kubernetes-vault-0", "127.0.0.1");
        await pods.CreateAsync("kubernetes-vault", "kubernetes-vault-1", "127.0.0.2");
        Task<CliProcess.Result> PodsAsync(string kubeconfig) => CliProcess.RunAsync("pods", "-o", "json", "--kubeconfig", kubeconfig);

        var result = await PodsAsync(_api.AdminKubeconfig);
        Assert.True(result.Exit == 0, result.ToString());
        Assert.Equal("the leader", (string?)result.Json["selfNode"]);
        var check = await CliProcess.RunAsync("check", "--role", "sample app", "--kubeconfig", _api.AdminKubeconfig);
        Assert.Equal((7, "in controller: /app/akkavault check\n"), (check.Exit, check.Out));
        Assert.EndsWith("--role sample app\n", check.Error, StringComparison.Ordinal);

        await pods.GrantAsync("kubernetes-vault", RealApiServer.Controller, ("pods", "list"));
        CliProcess.Result? refused = null;
        // The API server needs a moment to apply new bindings.
        await Eventually.TrueAsync(async () => (refused = await PodsAsync(_api.Kubeconfig)).Error.Contains("pods/portforward", StringComparison.Ordinal), "pods may be listed");
        Assert.Equal(3, refused!.Exit);
        Assert.Contains($"User \"{RealApiServer.Controller}\" cannot get resource \"pods/portforward\" in API group \"\" in the namespace \"kubernetes-vault\"", refused.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_simulated_API_server_refuses_port_forward_and_exec_as_a_real_one_does()
    {
        Skip.If(RealApiServer.Missing is not null, RealApiServer.Missing);
        await using var simulated = await SimulatedApiServer.StartAsync(ApiServerVersion.Kubernetes120);
        using var admin = new HttpClient { BaseAddress = simulated.Address };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", simulated.Token);
        // The simulated one has no nodes.
        await CreateNodeAsync(new ControllerPodsFixture(_api!.Admin, 8558), 10250);
        var answers = new List<string>();
        foreach (var api in (HttpClient[])[_api.Admin, admin])
        {
            var pods = new ControllerPodsFixture(api, 8558);
            await pods.CreateAsync("default", "on-a-node", "127.0.0.1");
            await pods.CreateAsync("default", "on-no-node", "127.0.0.1", node: null);
            var said = new List<string>();
            foreach (var request in (string[])["on-a-node/portforward?ports=8558", "on-no-node/portforward?ports=8558", "none/portforward?ports=8558", "on-a-node/exec?command=true&stdout=true", "on-no-node/exec?command=true&stdout=true"])
            {
                using var response = await api.GetAsync(new Uri($"api/v1/namespaces/default/pods/{request}", UriKind.Relative));
                said.Add($"{request}: {JsonNode.Parse(await response.Content.ReadAsStringAsync())!.ToJsonString()}");
            }

            answers.Add(string.Join('\n', said));
        }

        Assert.Equal(answers[0], answers[1]);
    }

    private static Task CreateNodeAsync(ControllerPodsFixture pods, int port) => pods.SendAsync(HttpMethod.Post, "api/v1/nodes", new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = "node-1" },
        ["status"] = new JsonObject
        {
            ["addresses"] = new JsonArray(new JsonObject { ["type"] = "InternalIP", ["address"] = "127.0.0.1" }),
            ["daemonEndpoints"] = new JsonObject { ["kubeletEndpoint"] = new JsonObject { ["Port"] = port } },
        },
    });

    private static int PortOf(WebApplication app) => new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    /// <summary>A kubelet's port, with port-forward and exec only. The API server does not verify its certificate.</summary>
    private static async Task<WebApplication> KubeletAsync(Func<string, string> ipOf)
    {
        var subject = CertificateSubject.New("node-1");
        var certificate = subject.WithKeyBy(subject, new CertificateOptions());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(context => context.Request.Path.Value!.Split('/') switch
        {
            ["", "portForward", _, var pod] when context.WebSockets.IsWebSocketRequest =>
                PortForwardStreams.ServeAsync(context, pod, ipOf(pod), int.Parse(context.Request.Query["port"].ToString(), CultureInfo.InvariantCulture)),
            ["", "exec", _, _, var container] when context.WebSockets.IsWebSocketRequest => ExecStreams.ServeAsync(context, Echo(container, [.. context.Request.Query["command"].OfType<string>()]), new Dictionary<string, string>()),
            _ => context.Response.WriteAsync("this kubelet knows port-forward and exec only"),
        });
        await app.StartAsync();
        return app;
    }

    private static ProgramCommand Echo(string container, string[] command) =>
        new("/bin/sh", ["-c", "echo \"in $0: $1 $2\"; echo \"$*\" >&2; exit 7", container, .. command]);
}
