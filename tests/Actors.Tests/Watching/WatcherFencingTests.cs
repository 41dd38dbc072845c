using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Serialization;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using AkkaVault.Actors.Tests.Ledger.Storage.ConfigMap;
using AkkaVault.Controller.Cluster.Serialization;
using AkkaVault.Controller.Common;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using AkkaVault.Controller.Runs;
using AkkaVault.Controller.Watching;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.Actors.Tests.Watching;

/// <summary>The watcher with a store to which other processes also write.</summary>
public sealed class WatcherFencingTests : TestKit
{
    private static readonly DateTimeOffset At = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly FakeLedgerObject _object;
    private readonly ScriptedPods _pods = new();
    private readonly LedgerAsObserved _observed = new();
    private readonly Akka.TestKit.TestProbe _region;
    private readonly IActorRef _watcher;

    public WatcherFencingTests()
        : this(new FakeLedgerObject())
    {
    }

    private WatcherFencingTests(FakeLedgerObject ledger)
        : base(SetupWith(ledger), "fencing")
    {
        _object = ledger;
        _region = CreateTestProbe();
        // Answer as pod actors do. Without an answer, an assignment is stored and sent again.
        _region.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            if (message is AssignRun assign) sender.Tell(new RunProgressed(assign.Run), _region);
            return AutoPilot.KeepRunning;
        }));
        _watcher = StartWatcher("watcher");
    }

    [Fact]
    public async Task A_watcher_whose_ledger_another_has_claimed_sends_nothing_more_and_stops()
    {
        _pods.Say(Seen("uid-1", 7));
        Assert.Equal("uid-1", (await _region.FishForMessageAsync<AssignRun>(_ => true, Deadline)).Run.Uid);
        Assert.Equal("uid-1", Assert.Single(_observed.Current!.Entries).Target.Run.Uid);

        using var other = new LedgerWriter(new LedgerWriterServices(_object.Seen(() => Mishap.None), "other", new Unobserved(), TimeProvider.System, NullLogger<LedgerWriter>.Instance), _ => { });
        var claimed = (await other.ClaimAsync(default)).Highest;
        _pods.Say(Seen("uid-2", 8));
        _pods.Say(Seen("uid-3", 9));
        await ExpectTerminatedAsync(_watcher, Deadline);
        Assert.Null(_observed.Current);
        // Messages that the watcher sent before it ended have arrived before this one.
        _region.Ref.Tell("end");
        // The first assignment may have been sent twice when the store was slow.
        Assert.Equal("end", await _region.FishForMessageAsync(message => message is "end" or AssignRun { Run.Uid: not "uid-1" }, Deadline));
        Assert.Equal(claimed, _object.Stored!.Record.Highest);
    }

    [Fact]
    public async Task A_store_with_little_room_gets_a_snapshot_and_the_events_in_it_are_deleted()
    {
        _pods.Say(Seen("uid-1", 7));
        await _region.FishForMessageAsync<AssignRun>(_ => true, Deadline);
        Sys.EventStream.Publish(new LedgerNearlyFull(1));
        await AwaitConditionAsync(() => Task.FromResult(_object.Stored!.Record is { Snapshots.Count: 1, Events.Count: 0 }), Deadline);
    }

    [Fact]
    public async Task Leaders_that_each_store_a_little_leave_no_endless_list_of_events()
    {
        const int Each = 600;
        foreach (var n in Enumerable.Range(0, Each)) _pods.Say(Seen($"uid-{n}", n));
        await AwaitConditionAsync(() => Task.FromResult(_object.Stored?.Record.Events.Count >= Each), Deadline);
        Sys.Stop(_watcher);
        await ExpectTerminatedAsync(_watcher, Deadline);
        Assert.Empty(_object.Stored!.Record.Snapshots);

        StartWatcher("next");
        foreach (var n in Enumerable.Range(Each, Each)) _pods.Say(Seen($"uid-{n}", n));
        await AwaitConditionAsync(() => Task.FromResult(_object.Stored!.Record is { Snapshots.Count: 1, Events.Count: < Each }), Deadline);
    }

    private IActorRef StartWatcher(string name) => Watch(Sys.ActorOf(
        WatcherActor.Props(new WatcherServices(_pods, _region, _observed, new RunTracker(TimeProvider.System), TimeProvider.System, NullLogger<WatcherActor>.Instance)), name));

    private static ActorSystemSetup SetupWith(FakeLedgerObject ledger) => BootstrapSetup.Create()
        .WithConfig(ConfigMapLedgerStore.Hocon.WithFallback(ConfigurationFactory.ParseString("akka.loglevel = OFF\nakka.stdout-loglevel = OFF\nakka.actor.provider = cluster\nakka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }")))
        .And(SerializationSetup.Create(system => [SerializerDetails.Create("pods", new WireSerializer(system), [typeof(IWireMessage)])]))
        .And(new ConfigMapLedgerSetup(WatcherActor.LedgerId, new LedgerWriterServices(
            ledger.Seen(() => Mishap.None), "this", new Unobserved(), TimeProvider.System, NullLogger<LedgerWriter>.Instance)));

    private static PodWatchItem.Changed Seen(string uid, int version) => new(
        new ObservedPod(uid, new DeliveryTarget(new RunId(uid, "containerd://1"), "default", uid, "10.1.0.5", "web", "node-1", At), ""), $"{version}");
}
