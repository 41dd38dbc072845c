using System.Net;
using AkkaVault.Actors.Tests.Ledger.Storage.ConfigMap;
using AkkaVault.Controller.Cluster.Bootstrap;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.Actors.Tests.Cluster.Bootstrap;

/// <summary>Several nodes in this process, each on its own address, form or join a cluster with the real actors.</summary>
public sealed class ClusterNodesTests : IAsyncLifetime
{
    private static int s_networks;

    private readonly int _network = Interlocked.Increment(ref s_networks);
    private readonly Neighbourhood _all = new();
    private readonly FakeLedgerObject _ledger = new();
    private readonly FastTime _clock = new(3);
    private readonly List<ClusterNode> _nodes = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Task.WhenAll(_nodes.Select(node => node.KillAsync()));

    [Fact]
    public async Task A_stranger_joins_our_cluster()
    {
        Show(1, 1, 2);
        Show(2, 1, 2);
        await OursAsync(1);
        await OursAsync(2);
        await OneClusterAsync(1, 2);
        _nodes.Add(await ClusterNode.StrangerAsync(Ip(3), 2, [Point(1), Point(2), Point(3)]));
        await OneClusterAsync(1, 2, 3);
    }

    [Fact]
    public async Task One_of_ours_joins_a_cluster_of_strangers()
    {
        _nodes.Add(await ClusterNode.StrangerAsync(Ip(1), 2, [Point(1), Point(2)]));
        _nodes.Add(await ClusterNode.StrangerAsync(Ip(2), 2, [Point(1), Point(2)]));
        await OneClusterAsync(1, 2);
        Show(3, 1, 2, 3);
        await OursAsync(3);
        await OneClusterAsync(1, 2, 3);
        Assert.Equal(0, _ledger.Writes);
    }

    [Fact]
    public async Task Of_two_that_each_see_only_themselves_one_forms_a_cluster_and_the_other_joins_it()
    {
        Show(1, 1);
        Show(2, 2);
        await OursAsync(1, required: 1);
        await OursAsync(2, required: 1);
        await EventuallyAsync(() => _nodes.Any(node => node.Up.Count == 1), "one has formed a cluster");
        await HeldOffAsync(_nodes.Single(node => node.Up.Count == 0));
        Assert.Equal(1, _nodes.Count(node => node.Up.Count == 1));
        Show(1, 1, 2);
        Show(2, 1, 2);
        await OneClusterAsync(1, 2);
    }

    /// <summary>The case of akkadotnet/Akka.Management#2494.</summary>
    [Fact]
    public async Task One_that_is_restarted_and_sees_only_itself_does_not_form_a_cluster_alone()
    {
        await ThreeAsync(required: 1);
        await Node(3).KillAsync();
        _nodes.RemoveAll(node => node.Address.Equals(Ip(3)));
        Show(3, 3);
        await OursAsync(3, required: 1);
        await HeldOffAsync(Node(3));
        Show(3, 1, 2, 3);
        await OneClusterAsync(1, 2, 3);
    }

    /// <summary>The case of akka/akka-management#570.</summary>
    [Fact]
    public async Task New_ones_that_are_cut_off_from_a_cluster_form_none_until_it_is_no_more()
    {
        await ThreeAsync();
        Show(4, 4, 5);
        Show(5, 4, 5);
        await OursAsync(4);
        await OursAsync(5);
        await HeldOffAsync(Node(4), Node(5));
        Assert.Equal(3, Node(1).Up.Count);
        await Task.WhenAll(_nodes.Where(node => node.Up.Count == 3).Select(node => node.KillAsync()));
        _nodes.RemoveAll(node => node.Ended);
        await OneClusterAsync(4, 5);
    }

    [Fact]
    public async Task All_that_are_killed_and_started_again_form_one_without_waiting()
    {
        await ThreeAsync();
        await Task.WhenAll(_nodes.Select(node => node.KillAsync()));
        _nodes.Clear();
        var begun = _clock.GetTimestamp();
        foreach (var node in new[] { 3, 2, 1 }) await OursAsync(node);
        await EventuallyAsync(() => _nodes.Any(node => node.Up.Count > 0), "one has formed a cluster");
        // A lower limit cannot be tested: on a busy machine the start of the nodes takes long.
        Assert.True(_clock.GetElapsedTime(begun) > TimeSpan.Zero);
        await OneClusterAsync(1, 2, 3);
    }

    [Fact]
    public async Task A_leader_that_finds_another_cluster_leaves_with_its_members()
    {
        await ThreeAsync();
        using var other = new LedgerWriter(new LedgerWriterServices(
            _ledger.Seen(() => Mishap.None), "other", new Unobserved(), _clock, NullLogger<LedgerWriter>.Instance, new OtherCluster()), _ => { });
        await other.ClaimAsync(CancellationToken.None);
        await EventuallyAsync(() => _nodes.All(node => node.Up.Count == 0 || node.Ended), "all have left");
        Assert.Equal(OtherCluster.Name, _ledger.Stored!.Stamp.Node);
    }

    [Fact]
    public async Task While_the_ledger_cannot_be_asked_nobody_forms_one_and_who_is_restarted_joins()
    {
        var away = true;
        Show(1, 1, 2);
        Show(2, 1, 2);
        await OursAsync(1, mishap: () => away ? Mishap.Unreachable : Mishap.None);
        await OursAsync(2, mishap: () => away ? Mishap.Unreachable : Mishap.None);
        await HeldOffAsync(Node(1), Node(2));
        away = false;
        await OneClusterAsync(1, 2);
        away = true;
        await Node(2).KillAsync();
        _nodes.RemoveAll(node => node.Address.Equals(Ip(2)));
        await OursAsync(2, mishap: () => Mishap.Unreachable);
        await OneClusterAsync(1, 2);
    }

    private async Task ThreeAsync(int required = 2)
    {
        foreach (var node in new[] { 1, 2, 3 }) Show(node, 1, 2, 3);
        foreach (var node in new[] { 1, 2, 3 }) await OursAsync(node, required);
        await OneClusterAsync(1, 2, 3);
        await EventuallyAsync(() => _nodes.Any(node => node.Stores), "one owns the ledger");
    }

    // Waits for half as long again as a dead cluster holds nodes off, by the nodes' clock.
    private async Task HeldOffAsync(params ClusterNode[] nodes)
    {
        await Task.Delay(new FormationRules(3, 2).Silence * 1.5, _clock);
        Assert.All(nodes, node => Assert.Empty(node.Up));
    }

    private IPAddress Ip(int node) => IPAddress.Parse($"127.88.{_network}.{node}");

    private IPEndPoint Point(int node) => new(Ip(node), 8558);

    private ClusterNode Node(int node) => _nodes.Single(one => one.Address.Equals(Ip(node)));

    private void Show(int node, params int[] others) => _all.Show(Ip(node), [.. others.Select(Point)]);

    private async Task OursAsync(int node, int required = 2, Func<Mishap>? mishap = null) =>
        _nodes.Add(await ClusterNode.OursAsync(Ip(node), new FormationRules(3, required), _all, _ledger, _clock, mishap));

    private Task OneClusterAsync(params int[] nodes) => EventuallyAsync(
        () => _nodes.All(node => node.Up.SequenceEqual(nodes.Select(each => $"{Ip(each)}"))),
        $"{string.Join(", ", nodes)} are one cluster");

    private async Task EventuallyAsync(Func<bool> condition, string what)
    {
        using var enough = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!condition())
        {
            Assert.False(enough.IsCancellationRequested, $"not so within two minutes: {what}; {string.Join("; ", _nodes.Select(node => $"{node.Address}: {string.Join(", ", node.Up)}"))}");
            await Task.Delay(50);
        }
    }

    private sealed class OtherCluster : ILedgerCluster
    {
        public const string Name = "akka.tcp://kubernetes-vault@10.9.9.9:2552#9";

        public string Node => Name;

        public bool Leads => true;

        public OwnerRelation RelationOf(string node) => OwnerRelation.FormerMember;

        public void YieldTo(string node) => throw new InvalidOperationException("it was there last");
    }
}
