using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Tests.TestKit.Kubernetes;
using Xunit.Abstractions;

namespace AkkaVault.Simulators.Tests.Ledger;

/// <summary>The contract with the simulated API server, with exactly the rights of the manifests.</summary>
public sealed class SimulatedLedgerContractTests : LedgerContract, IClassFixture<SimulatedLedgerContractTests.Server>
{
    private readonly Server _server;

    public SimulatedLedgerContractTests(Server server, ITestOutputHelper output)
        : base(output) => _server = server;

    private protected override HttpClient Admin => _server.Admin;

    private protected override ApiServer Controller => _server.Controller;

    private protected override async Task<bool> BeginAsync(string ns)
    {
        await LedgerRights.GrantAsync(Admin, ns);
        return true;
    }

    private protected override void SkipWhereItCannotBeTested()
    {
    }

    public sealed class Server : IAsyncLifetime
    {
        private SimulatedApiServer _api = null!;
        private string _kubeconfig = null!;

        public HttpClient Admin { get; private set; } = null!;

        internal ApiServer Controller { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            _api = await SimulatedApiServer.StartAsync();
            _api.AddUser(LedgerRights.User, "controller");
            Admin = new HttpClient { BaseAddress = _api.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", _api.Token) } };
            _kubeconfig = Path.GetTempFileName();
            _api.WriteKubeconfig(_kubeconfig);
            await File.WriteAllTextAsync(_kubeconfig, (await File.ReadAllTextAsync(_kubeconfig)).Replace(_api.Token, "controller", StringComparison.Ordinal));
            Controller = ApiServer.Connect(_kubeconfig);
        }

        public async Task DisposeAsync()
        {
            Controller.Dispose();
            Admin.Dispose();
            await _api.DisposeAsync();
            File.Delete(_kubeconfig);
        }
    }
}

/// <summary>The contract with a real API server, with exactly the rights of the manifests.</summary>
public sealed class RealLedgerContractTests : LedgerContract, IClassFixture<RealLedgerContractTests.Server>
{
    private readonly Server _server;

    public RealLedgerContractTests(Server server, ITestOutputHelper output)
        : base(output) => _server = server;

    private protected override HttpClient Admin => _server.Api!.Admin;

    private protected override ApiServer Controller => _server.Controller!;

    private protected override async Task<bool> BeginAsync(string ns)
    {
        if (_server.Api is null) return false;
        await LedgerRights.GrantAsync(Admin, ns);
        return true;
    }

    private protected override void SkipWhereItCannotBeTested() => Skip.If(RealApiServer.Missing is not null, RealApiServer.Missing);

    public sealed class Server : IAsyncLifetime
    {
        internal RealApiServer? Api { get; private set; }

        internal ApiServer? Controller { get; private set; }

        public async Task InitializeAsync()
        {
            if (RealApiServer.Missing is not null) return;
            Api = await RealApiServer.StartAsync();
            Controller = ApiServer.Connect(Api.Kubeconfig);
        }

        public async Task DisposeAsync()
        {
            Controller?.Dispose();
            if (Api is not null) await Api.DisposeAsync();
        }
    }
}

/// <summary>The rights of <c>k8s/rbac/ledger-role.yaml</c>.</summary>
internal static class LedgerRights
{
    public const string User = "system:serviceaccount:kubernetes-vault:kubernetes-vault";

    /// <summary>Creates a namespace and grants the rights in it.</summary>
    public static async Task GrantAsync(HttpClient admin, string ns)
    {
        await PostAsync(admin, "api/v1/namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = ns } });
        foreach (var item in Manifest.Read("rbac", "ledger-role.yaml"))
        {
            item["metadata"]!["namespace"] = ns;
            await PostAsync(admin, $"apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/{((string)item["kind"]!).ToLowerInvariant()}s", item);
        }
    }

    private static async Task PostAsync(HttpClient admin, string path, JsonObject json)
    {
        using var answer = await admin.PostAsync(new Uri(path, UriKind.Relative), new StringContent(json.ToJsonString(), Encoding.UTF8, "application/json"));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
