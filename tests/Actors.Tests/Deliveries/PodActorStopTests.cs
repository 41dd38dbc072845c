using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>A pod actor that receives Stop.</summary>
public sealed class PodActorStopTests() : TestKit(PodActorSurroundings.VirtualTime)
{
    // The longest pause after so few failures. All pauses together are shorter than the time after which a delivery is overdue.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    [Fact]
    public async Task A_request_that_Vault_has_not_got_yet_is_cancelled_and_does_not_count_as_a_failure_of_Vault()
    {
        var pod = new PodActorSurroundings(FailThenWait, () => throw new InvalidOperationException("nothing was issued"));
        var actor = Watch(Sys.ActorOf(PodActor.Props(pod.Services)));
        actor.Tell(new AssignRun(PodActorSurroundings.Target, default, []), TestActor);
        for (var failures = 1; failures < Delivery.FailuresBeforeWarning; failures++)
        {
            var request = failures;
            await pod.AdvanceAsync(
                actor, (TestScheduler)Sys.Scheduler, () => AwaitConditionAsync(() => Task.FromResult(pod.Requests == request && pod.IsWaiting), PodActorSurroundings.Deadline, Interval), LongestPause);
        }

        await AwaitConditionAsync(() => Task.FromResult(pod.Requests == Delivery.FailuresBeforeWarning), PodActorSurroundings.Deadline, Interval);
        actor.Tell(PodActor.Stop.Instance);
        await FishForMessageAsync<RunUnassigned>(_ => true, PodActorSurroundings.Deadline);
        await ExpectTerminatedAsync(actor, PodActorSurroundings.Deadline);
        Assert.Empty(pod.Logged);
        Assert.Empty(pod.EventsOnPods);
    }

    /// <summary>Vault fails as often as it may without a warning, and then does not answer.</summary>
    private static async Task<IssuedToken> FailThenWait(int request, CancellationToken whileWaiting)
    {
        if (request < Delivery.FailuresBeforeWarning) throw new VaultException("PUT secret-id", "connection refused");
        await Task.Delay(Timeout.InfiniteTimeSpan, whileWaiting);
        throw new InvalidOperationException("nothing ends the wait but its cancellation");
    }
}
