using Akka.Actor;
using Akka.Cluster;
using Akka.Dispatch.SysMsg;
using Akka.TestKit.Xunit2;
using AkkaVault.Controller.Cluster.AkkaWorkarounds;
using AkkaVault.Shared;

namespace AkkaVault.Actors.Tests.Cluster.AkkaWorkarounds;

public sealed class PeerRegionsTests : TestKit
{
    private static readonly UniqueAddress Member = new(Address.Parse("akka.tcp://s@10.0.0.1:2552"), 7);

    private static Transition<PeerRegions, PeerEffect> Run(params PeerInput[] inputs) =>
        inputs.Aggregate(new Transition<PeerRegions, PeerEffect>(PeerRegions.None, []), (last, input) => last.State.Handle(input));

    [Fact]
    public void A_region_is_asked_for_until_it_answers()
    {
        PeerEffect[] asked = [new PeerEffect.Identify(Member), new PeerEffect.Wait(Member, PeerRegions.IdentifyTimeout)];
        Assert.Equal(asked, Run(new PeerInput.Joined(Member)).Effects);
        Assert.Equal(asked, Run(new PeerInput.Joined(Member), new PeerInput.Due(Member)).Effects);
        Assert.Empty(Run(new PeerInput.Joined(Member), new PeerInput.Identified(Member, TestActor), new PeerInput.Due(Member)).Effects);
    }

    [Fact]
    public void When_its_node_is_removed_this_nodes_region_is_notified_some_times_and_then_it_is_forgotten()
    {
        var (regions, effects) = Run(new PeerInput.Joined(Member), new PeerInput.Identified(Member, TestActor), new PeerInput.Removed(Member));
        var (notices, waited) = (0, TimeSpan.Zero);
        while (effects.Count > 0)
        {
            notices += effects.Count(effect => effect == new PeerEffect.NotifyGone(Member, TestActor));
            waited += effects.OfType<PeerEffect.Wait>().SingleOrDefault()?.Delay ?? TimeSpan.Zero;
            (regions, effects) = regions.Handle(new PeerInput.Due(Member));
        }

        Assert.Equal((PeerRegions.NoticeTimes.Count, PeerRegions.NoticeTimes[^1], 0), (notices, waited, regions.Count));
    }

    [Fact]
    public void One_that_never_answered_is_forgotten_with_its_node()
    {
        var (regions, effects) = Run(new PeerInput.Joined(Member), new PeerInput.Removed(Member));
        Assert.Empty(effects);
        Assert.Equal(0, regions.Count);
    }

    [Fact]
    public void Who_watches_takes_the_notice_for_the_end_and_who_does_not_takes_none()
    {
        var (watching, other, region) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        watching.Watch(region);
        foreach (var probe in new[] { watching, other })
            ((IInternalActorRef)probe.Ref).SendSystemMessage(new DeathWatchNotification(region.Ref, existenceConfirmed: false, addressTerminated: true));
        watching.ExpectTerminated(region);
        other.Tell("next");
        other.ExpectMsg("next");
    }
}
