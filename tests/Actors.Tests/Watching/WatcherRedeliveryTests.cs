using Akka.Actor;
using Akka.TestKit.Xunit2;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Runs;
using AkkaVault.Controller.Watching;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.Actors.Tests.Watching;

/// <summary>The watcher with runs that want a redelivery.</summary>
public sealed class WatcherRedeliveryTests : TestKit
{
    private static readonly DateTimeOffset At = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly ScriptedPods _pods = new();
    private readonly LedgerAsObserved _observed = new();
    private readonly Akka.TestKit.TestProbe _region;
    private IActorRef _watcher;

    public WatcherRedeliveryTests()
        : base(InMemoryLedger.Config, "redelivery")
    {
        _region = CreateTestProbe();
        _watcher = StartWatcher("watcher");
    }

    [Fact]
    public async Task A_run_gets_another_delivery_when_it_wants_one()
    {
        var first = await ServeAsync("uid-1", DateTimeOffset.UtcNow.AddMilliseconds(1500));
        var again = await _region.FishForMessageAsync<AssignRun>(assign => assign.IsRedelivery, Deadline);
        Assert.Equal(first.Target, again.Target);
        Assert.True(again.SeenAt > first.SeenAt);
        Assert.Equal(0, _pods.Lists);
    }

    [Fact]
    public async Task A_delivery_in_a_year_is_waited_for_and_an_earlier_one_comes_before_it()
    {
        await ServeAsync("uid-1", DateTimeOffset.UtcNow.AddDays(366));
        await ServeAsync("uid-2", DateTimeOffset.UtcNow.AddMilliseconds(1500));
        Assert.Equal("uid-2", (await _region.FishForMessageAsync<AssignRun>(assign => assign.IsRedelivery, Deadline)).Run.Uid);
    }

    [Fact]
    public async Task A_watcher_that_recovers_a_snapshot_has_pods_listed_beside_the_watch_when_a_delivery_is_due()
    {
        await ServeAsync("uid-1", DateTimeOffset.UtcNow.AddSeconds(10));
        await AwaitConditionAsync(() => Task.FromResult(_observed.Current!.Served.Count == 1), Deadline);
        Sys.EventStream.Publish(new LedgerNearlyFull(1));
        // A snapshot is stored in order with the commands: once a later pod is assigned, it was asked for.
        await ServeAsync("uid-2", null);
        Watch(_watcher);
        Sys.Stop(_watcher);
        await ExpectTerminatedAsync(_watcher, Deadline);

        _watcher = StartWatcher("next");
        await AwaitConditionAsync(() => Task.FromResult(_pods.Locates == 1), Deadline);
        _pods.Say(new PodWatchItem.Located(Target("uid-1")));
        _pods.Say(new PodWatchItem.Located(Target("uid-2")));
        _pods.Say(new PodWatchItem.LocatingEnded());
        var again = await _region.FishForMessageAsync<AssignRun>(assign => assign.IsRedelivery, Deadline);
        Assert.Equal(Target("uid-1"), again.Target);
        Assert.Equal((1, 0), (_pods.Locates, _pods.Lists));
    }

    private async Task<AssignRun> ServeAsync(string uid, DateTimeOffset? next)
    {
        _pods.Say(new PodWatchItem.Changed(new ObservedPod(uid, Target(uid), ""), "7"));
        var assign = await _region.FishForMessageAsync<AssignRun>(assign => assign.Run.Uid == uid, Deadline);
        _watcher.Tell(new RunDelivered(assign.Run, [], [], assign.SeenAt, next), _region);
        await _region.FishForMessageAsync<AckRun>(ack => ack.Run == assign.Run, Deadline);
        return assign;
    }

    private static DeliveryTarget Target(string uid) => new(new RunId(uid, "containerd://1"), "default", uid, "10.1.0.5", "web", "node-1", At);

    private IActorRef StartWatcher(string name) => Sys.ActorOf(
        WatcherActor.Props(new WatcherServices(_pods, _region, _observed, new RunTracker(TimeProvider.System), TimeProvider.System, NullLogger<WatcherActor>.Instance)), name);
}
