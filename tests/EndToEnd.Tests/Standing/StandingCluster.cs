using AkkaVault.Sandbox;
using AkkaVault.Tests.TestKit.Sandbox;

namespace AkkaVault.EndToEnd.Tests.Standing;

/// <summary>
/// Three controllers that stay up for all tests that only look: at management ports, metrics, logs, and with the command line. Such a test may run pods and
/// change what Vault grants; it leaves the controllers alone, and no pod of its own that waits. They log as in production: at info, in JSON.
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

/// <summary>The tests that share it; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class StandingClusterTests : ICollectionFixture<StandingCluster>
{
    public const string Name = "standing cluster";
}
