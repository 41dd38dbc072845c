using Akka.Actor;
using Akka.TestKit.Xunit2;
using AkkaVault.Actors.Tests.Logging;
using AkkaVault.Controller.Watching;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.Actors.Tests.Watching;

/// <summary>What a leader logs and starts.</summary>
public sealed class LeaderActorTests : TestKit
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly TestClock _clock = new(new DateTimeOffset(2026, 11, 24, 1, 2, 3, TimeSpan.Zero));
    private readonly RecordingLog<LeaderActor> _log = new();
    private readonly Leadership _leadership = new();

    [Fact]
    public async Task It_logs_once_that_it_has_become_the_leader_and_once_that_it_is_no_longer()
    {
        Assert.False(_leadership.IsHeld);
        Assert.True(_leadership.Ended.IsCompleted);
        var leader = Watch(Sys.ActorOf(LeaderActor.Props(Props.Create(() => new Child()), _leadership, _clock, _log)));
        // The watcher restarts, and the leadership continues.
        leader.Tell("fail");
        leader.Tell("hello");
        Assert.Equal("hello", await ExpectMsgAsync<string>(Deadline));
        Assert.Equal([(1200, "Became the leader at 2026-11-24T01:02:03Z")], _log.Entries);

        Assert.True(_leadership.IsHeld);
        var over = _leadership.Ended;
        Assert.False(over.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(90));
        Sys.Stop(leader);
        await ExpectTerminatedAsync(leader, Deadline);
        await over.WaitAsync(Deadline);
        Assert.False(_leadership.IsHeld);
        Assert.Equal((1201, "Lost leadership after 90 s"), _log.Entries[^1]);
        Assert.Equal(2, _log.Entries.Count);
    }

    [Fact]
    public async Task The_reachability_check_runs_as_long_as_the_leader()
    {
        var leader = Sys.ActorOf(LeaderActor.Props(Props.Create(() => new Child()), _leadership, _clock, _log, Props.Create(() => new Child())), "leader");
        // When the actor answers, its children exist.
        leader.Tell("hello");
        Assert.Equal("hello", await ExpectMsgAsync<string>(Deadline));
        var reachability = Watch(await Sys.ActorSelection(leader.Path / "reachability").ResolveOne(Deadline));
        leader.Tell("fail");
        reachability.Tell("hello");
        Assert.Equal("hello", await ExpectMsgAsync<string>(Deadline));
        Sys.Stop(leader);
        await ExpectTerminatedAsync(reachability, Deadline);
    }

    private sealed class Child : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is "fail") throw new InvalidOperationException("as asked");
            Sender.Tell(message);
        }
    }
}
