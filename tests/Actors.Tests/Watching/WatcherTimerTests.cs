using Akka.TestKit;
using Akka.TestKit.Xunit2;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Runs;
using AkkaVault.Controller.Watching;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.Actors.Tests.Watching;

/// <summary>A watcher without work has no timer.</summary>
public sealed class WatcherTimerTests : TestKit
{
    private static readonly DateTimeOffset At = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly ScriptedPods _pods = new();
    private readonly LedgerAsObserved _observed = new();
    private readonly TestProbe _region;
    private readonly TestActorRef<WatcherActor> _watcher;

    public WatcherTimerTests()
        : base(InMemoryLedger.Config, "timers")
    {
        _region = CreateTestProbe();
        _watcher = ActorOfAsTestActorRef<WatcherActor>(WatcherActor.Props(
            new WatcherServices(_pods, _region, _observed, new RunTracker(TimeProvider.System), TimeProvider.System, NullLogger<WatcherActor>.Instance)));
    }

    private (bool Silence, bool Answers) Checks =>
        (_watcher.UnderlyingActor.Timers.IsTimerActive(nameof(WatcherActor.SilenceCheckInterval)), _watcher.UnderlyingActor.Timers.IsTimerActive(nameof(WatcherActor.AnswerCheckInterval)));

    [Fact]
    public async Task Pod_actors_are_checked_while_there_are_any()
    {
        await AwaitConditionAsync(() => Task.FromResult(_observed.Current is not null), Deadline);
        Assert.Equal((false, false), Checks);
        for (var i = 0; i < 2; i++)
        {
            var target = new DeliveryTarget(new RunId($"uid-{i}", "containerd://1"), "default", $"uid-{i}", "10.1.0.5", "web", "node-1", At);
            _pods.Say(new PodWatchItem.Changed(new ObservedPod($"uid-{i}", target, ""), "7"));
            var assign = await _region.FishForMessageAsync<AssignRun>(assign => assign.Run == target.Run, Deadline);
            Assert.Equal((true, true), Checks);
            _watcher.Tell(new RunDelivered(assign.Run, [], [], assign.SeenAt, null), _region);
            await _region.FishForMessageAsync<AckRun>(ack => ack.Run == assign.Run, Deadline);
            Assert.Equal((false, false), Checks);
        }
    }
}
