using Akka.Configuration;
using Akka.Event;
using AkkaVault.Controller.Cluster.Downing;

namespace AkkaVault.Actors.Tests.Cluster.Downing;

public class FirstHeartbeatsTests
{
    private static readonly Config Settings = ConfigurationFactory.ParseString(
        "threshold = 8, max-sample-size = 1000, min-std-deviation = 100ms, acceptable-heartbeat-pause = 300ms, heartbeat-interval = 100ms");

    private readonly EventStream _events = new(false);

    [Fact]
    public void Who_was_never_heard_of_is_awaited_for_a_while()
    {
        var contact = new FirstHeartbeats().HeartBeat(TimeSpan.FromSeconds(1));
        Assert.True(contact.IsAwaited(TimeSpan.FromSeconds(1) + FirstHeartbeats.Timeout - TimeSpan.FromTicks(1)));
        Assert.False(contact.IsAwaited(TimeSpan.FromSeconds(1) + FirstHeartbeats.Timeout));
        Assert.False(contact.IsLinked);
    }

    [Fact]
    public void Who_was_heard_of_is_awaited_no_more()
    {
        var contact = new FirstHeartbeats().HeartBeat(TimeSpan.FromSeconds(1)).HeartBeat(TimeSpan.FromSeconds(2));
        Assert.True(contact.IsLinked);
        Assert.False(contact.IsAwaited(TimeSpan.FromSeconds(2)));
    }

    /// <summary>Akka itself counts a first heartbeat. If no second one follows, that is not silence yet.</summary>
    [Fact]
    public async Task Silence_counts_from_when_there_was_a_link()
    {
        var (never, linked) = (Detector("akka.tcp://s@10.0.0.1:2552"), Detector("akka.tcp://s@10.0.0.2:2552"));
        never.HeartBeat();
        linked.HeartBeat();
        linked.HeartBeat();
        Assert.Equal((false, true), (ProcessStates.Of(_events).IsLinked(never.Address), ProcessStates.Of(_events).IsLinked(linked.Address)));
        // Check all the time: after a pause of its own, the detector does not count silence.
        for (var until = DateTime.UtcNow.AddMinutes(1); linked.IsAvailable && DateTime.UtcNow < until;) await Task.Delay(50);
        Assert.False(linked.IsAvailable);
        Assert.True(never.IsAvailable);
        ProcessStates.Of(_events).MarkGone(never.Address);
        Assert.False(never.IsAvailable);
    }

    [Fact]
    public void Who_is_there_anew_has_no_link_yet()
    {
        var first = Detector("akka.tcp://s@10.0.0.1:2552");
        first.HeartBeat();
        first.HeartBeat();
        Detector(first.Address).HeartBeat();
        Assert.False(ProcessStates.Of(_events).IsLinked(first.Address));
    }

    private ProbingFailureDetector Detector(string address) => new(Settings, _events) { Address = address };
}
