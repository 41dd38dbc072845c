using Akka.TestKit.Xunit2;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Shared.Push;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>A run that is cancelled and assigned again, to the same pod actor.</summary>
public sealed class PodActorCancelTests() : TestKit(PodActorSurroundings.VirtualTime)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);
    private readonly List<TaskCompletionSource<PushOutcome>> _pushes = [];

    [Fact]
    public async Task The_answer_to_the_push_that_was_cancelled_is_none_to_the_next_push()
    {
        var pod = new PodActorSurroundings(PodActorSurroundings.IssueAtOnce, Push);
        var actor = Sys.ActorOf(PodActor.Props(pod.Services));
        var begun = DateTimeOffset.UtcNow;
        actor.Tell(new AssignRun(PodActorSurroundings.Target, begun, []), TestActor);
        await PushedAsync(1);
        actor.Tell(new CancelRun(PodActorSurroundings.Target.Run, []), TestActor);
        await FishForMessageAsync<RunEnded>(_ => true, PodActorSurroundings.Deadline);

        actor.Tell(new AssignRun(PodActorSurroundings.Target, begun.AddSeconds(1), []), TestActor);
        await PushedAsync(2);
        // Without a synchronization context the answers reach the actor in this order.
        await Task.Run(() =>
        {
            _pushes[0].SetResult(new PushOutcome.Rejected(409, PushRejection.WrappingTokenInvalid));
            _pushes[1].SetResult(new PushOutcome.Succeeded());
        });
        var delivered = await FishForMessageAsync<RunDelivered>(_ => true, PodActorSurroundings.Deadline);
        Assert.Equal("accessor-2", delivered.LastPushed);
        Assert.Equal(2, pod.Requests);
    }

    private Task PushedAsync(int pushes) => AwaitConditionAsync(
        () =>
        {
            lock (_pushes) return Task.FromResult(_pushes.Count == pushes);
        },
        PodActorSurroundings.Deadline,
        Interval);

    private Task<PushOutcome> Push()
    {
        var push = new TaskCompletionSource<PushOutcome>();
        lock (_pushes) _pushes.Add(push);
        return push.Task;
    }
}
