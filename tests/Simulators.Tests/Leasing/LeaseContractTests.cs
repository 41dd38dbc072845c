using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.Coordination;
using AkkaVault.Controller.Cluster.Leases;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Simulators.Tests.Ledger;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Kubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.Simulators.Tests.Leasing;

/// <summary>
/// What the split-brain resolver expects of a lease. The tests use HTTP and an API server, with exactly the rights of the manifests.
/// </summary>
public abstract class LeaseContract : IAsyncLifetime
{
    private const string Name = "kubernetes-vault-akka-sbr";
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(30);
    private readonly string _ns = $"lease-{Guid.NewGuid():N}";
    private readonly ActorSystem _system = ActorSystem.Create("leases", "akka { loglevel = OFF, stdout-loglevel = OFF }");

    private protected abstract HttpClient Admin { get; }

    private protected abstract ApiServer Controller { get; }

    public async Task InitializeAsync()
    {
        if (!await BeginAsync()) return;
        await PostAsync("api/v1/namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = _ns } });
        foreach (var item in Manifest.Read("rbac", "lease.yaml"))
        {
            item["metadata"]!["namespace"] = _ns;
            await PostAsync($"apis/rbac.authorization.k8s.io/v1/namespaces/{_ns}/{((string)item["kind"]!).ToLowerInvariant()}s", item);
        }
    }

    public Task DisposeAsync() => _system.Terminate().EndsAsync();

    /// <returns>False: these tests cannot run here.</returns>
    private protected abstract Task<bool> BeginAsync();

    private protected abstract void SkipWhereItCannotBeTested();

    [SkippableFact]
    public async Task It_is_taken_by_one_refused_to_another_and_free_when_given_back()
    {
        SkipWhereItCannotBeTested();
        var (one, two) = (Keeper("one"), Keeper("two"));
        Assert.True(await AcquireAsync(one));
        Assert.False(await AcquireAsync(two));
        Assert.True(await AcquireAsync(one));
        Assert.True(await ReleaseAsync(two));
        Assert.False(await AcquireAsync(two));
        Assert.True(await ReleaseAsync(one));
        Assert.True(await AcquireAsync(two));
        var spec = (await ReadAsync())["spec"]!;
        Assert.Equal(("two", 30, 1), ((string?)spec["holderIdentity"], (int)spec["leaseDurationSeconds"]!, (int)spec["leaseTransitions"]!));
    }

    [SkippableFact]
    public async Task Of_many_who_ask_at_once_one_gets_it()
    {
        SkipWhereItCannotBeTested();
        for (var round = 0; round < 5; round++)
        {
            var keepers = Enumerable.Range(0, 6).Select(i => Keeper($"n{round}-{i}")).ToList();
            var answers = await Task.WhenAll(keepers.Select(AcquireAsync));
            Assert.Single(answers, true);
            await Task.WhenAll(keepers.Select(ReleaseAsync));
        }
    }

    [SkippableFact]
    public async Task Its_holder_renews_it_and_is_told_when_another_has_it()
    {
        SkipWhereItCannotBeTested();
        var lost = new TaskCompletionSource<Exception?>();
        var hold = new LeaseExpiry();
        var one = Keeper("one", hold);
        Assert.True(await one.Ask<bool>(new LeaseActor.Acquire(lost.SetResult), Answer));
        Assert.True(hold.Until > DateTimeOffset.UtcNow);
        var first = (string)(await ReadAsync())["spec"]!["renewTime"]!;
        await Eventually.TrueAsync(async () => (string)(await ReadAsync())["spec"]!["renewTime"]!, renewed => renewed != first, "it is renewed");
        await PatchAsync("""{"spec":{"holderIdentity":"two"}}""");
        Assert.Null(await lost.Task.EndsAsync());
        Assert.Equal(default, hold.Until);
    }

    [SkippableFact]
    public async Task One_whose_holder_is_silent_for_too_long_is_taken_over()
    {
        SkipWhereItCannotBeTested();
        var (one, two) = (Keeper("one"), Keeper("two"));
        Assert.True(await AcquireAsync(one));
        await one.GracefulStop(Answer);
        Assert.False(await AcquireAsync(two));
        await PatchAsync("""{"spec":{"renewTime":"2020-01-01T00:00:00.000000Z"}}""");
        Assert.True(await AcquireAsync(two));
    }

    [SkippableFact]
    public async Task Another_Lease_is_refused_by_the_API_server_and_the_refusal_told()
    {
        SkipWhereItCannotBeTested();
        var other = Keeper("one", name: "kube-scheduler");
        // The Lease does not exist. The rights allow to create it, but not to read it.
        var refused = await Assert.ThrowsAsync<ApiServerException>(() => AcquireAsync(other));
        Assert.Equal((int)HttpStatusCode.Forbidden, refused.Code);
    }

    private IActorRef Keeper(string owner, LeaseExpiry? hold = null, string name = Name) => _system.ActorOf(Props.Create(() => new LeaseActor(new LeaseServices(
        new LeaseObject(Controller, _ns, name, TimeProvider.System), new LeaseClaimant(owner, TimeSpan.FromSeconds(30)),
        new TimeoutSettings(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10)), hold ?? new LeaseExpiry(), TimeProvider.System,
        NullLogger<LeaseActor>.Instance))));

    private static Task<bool> AcquireAsync(IActorRef keeper) => keeper.Ask<bool>(new LeaseActor.Acquire(null), Answer);

    private static Task<bool> ReleaseAsync(IActorRef keeper) => keeper.Ask<bool>(new LeaseActor.Release(), Answer);

    private Uri Path => new($"apis/coordination.k8s.io/v1/namespaces/{_ns}/leases/{Name}", UriKind.Relative);

    private async Task<JsonNode> ReadAsync() => JsonNode.Parse(await Admin.GetStringAsync(Path))!;

    private async Task PatchAsync(string patch)
    {
        using var answer = await Admin.PatchAsync(Path, new StringContent(patch, Encoding.UTF8, "application/merge-patch+json"));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task PostAsync(string path, JsonObject json)
    {
        using var answer = await Admin.PostAsync(new Uri(path, UriKind.Relative), new StringContent(json.ToJsonString(), Encoding.UTF8, "application/json"));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}

/// <summary>The contract with the simulated API server.</summary>
public sealed class SimulatedLeaseContractTests(SimulatedLedgerContractTests.Server server) : LeaseContract, IClassFixture<SimulatedLedgerContractTests.Server>
{
    private protected override HttpClient Admin => server.Admin;

    private protected override ApiServer Controller => server.Controller;

    private protected override Task<bool> BeginAsync() => Task.FromResult(true);

    private protected override void SkipWhereItCannotBeTested()
    {
    }
}

/// <summary>The contract with a real API server.</summary>
public sealed class RealLeaseContractTests(RealLedgerContractTests.Server server) : LeaseContract, IClassFixture<RealLedgerContractTests.Server>
{
    private protected override HttpClient Admin => server.Api!.Admin;

    private protected override ApiServer Controller => server.Controller!;

    private protected override Task<bool> BeginAsync() => Task.FromResult(server.Api is not null);

    private protected override void SkipWhereItCannotBeTested() => Skip.If(RealApiServer.Missing is not null, RealApiServer.Missing);
}
