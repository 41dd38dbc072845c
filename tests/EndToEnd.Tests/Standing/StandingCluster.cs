using AkkaVault.Sandbox;
using AkkaVault.Tests.TestKit.Sandbox;

namespace AkkaVault.EndToEnd.Tests.Standing;

/// <summary>
/// Three controllers for all tests that only read: from management ports, metrics, logs and the command
/// line. Such a test may run pods and change Vault's policies. It must not change the controllers, and
/// must not leave a pod that waits. The controllers log as in production: at info, in JSON.
/// </summary>
public sealed class StandingCluster : IAsyncLifetime
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(20));
    private readonly HttpClient _http = new();
    private ControllerCluster? _cluster;

    internal ControllerCluster Cluster => _cluster!;

    internal SandboxCluster Sandbox => Cluster.Sandbox;

    public CancellationToken Deadline => _deadline.Token;

    public async Task InitializeAsync()
    {
        _cluster = await ControllerCluster.PrepareAsync(new SandboxSetup { Controllers = 3, LogLevel = "info", LogFormat = "json" }, Deadline);
        await _cluster.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
        _http.Dispose();
        _deadline.Dispose();
    }
}

/// <summary>The tests that share the cluster. They run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class StandingClusterTests : ICollectionFixture<StandingCluster>
{
    public const string Name = "standing cluster";
}
