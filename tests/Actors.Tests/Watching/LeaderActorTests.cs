using Akka.Actor;
using Akka.TestKit.Xunit2;
using AkkaVault.Actors.Tests.Logging;
using AkkaVault.Controller.Watching;
using Microsoft.Extensions.Time.Testing;

namespace AkkaVault.Actors.Tests.Watching;

/// <summary>Who leads says so.</summary>
public sealed class LeaderActorTests : TestKit
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 1, 2, 3, TimeSpan.Zero));
    private readonly RecordingLog<LeaderActor> _log = new();
    private readonly Leadership _leadership = new();

    [Fact]
    public async Task It_says_once_since_when_it_leads_and_when_it_stops()
    {
        Assert.False(_leadership.IsHeld);
        Assert.True(_leadership.Ended.IsCompleted);
        var leader = Watch(Sys.ActorOf(LeaderActor.Props(Props.Create(() => new Restless()), _leadership, _clock, _log)));
        // The watcher starts anew; that is not another reign.
        leader.Tell("fail");
        leader.Tell("hello");
        Assert.Equal("hello", await ExpectMsgAsync<string>(Deadline));
        Assert.Equal([(1200, "leads since 2026-11-24T01:02:03Z")], _log.Entries);

        Assert.True(_leadership.IsHeld);
        var over = _leadership.Ended;
        Assert.False(over.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(90));
        Sys.Stop(leader);
        await ExpectTerminatedAsync(leader, Deadline);
        await over.WaitAsync(Deadline);
        Assert.False(_leadership.IsHeld);
        Assert.Equal((1201, "leads no more, after 90 s"), _log.Entries[^1]);
        Assert.Equal(2, _log.Entries.Count);
    }

    [Fact]
    public async Task What_sees_to_it_that_it_reaches_the_API_server_lives_as_long_as_it_leads()
    {
        var leader = Sys.ActorOf(LeaderActor.Props(Props.Create(() => new Restless()), _leadership, _clock, _log, Props.Create(() => new Restless())), "leader");
        // It has its children when it answers.
        leader.Tell("hello");
        Assert.Equal("hello", await ExpectMsgAsync<string>(Deadline));
        var reach = Watch(await Sys.ActorSelection(leader.Path / "reach").ResolveOne(Deadline));
        leader.Tell("fail");
        reach.Tell("hello");
        Assert.Equal("hello", await ExpectMsgAsync<string>(Deadline));
        Sys.Stop(leader);
        await ExpectTerminatedAsync(reach, Deadline);
    }

    private sealed class Restless : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is "fail") throw new InvalidOperationException("as asked");
            Sender.Tell(message);
        }
    }
}
