using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Actors.Tests.Deliveries;

/// <summary>A pod that accepts no push during its whole life.</summary>
public sealed class PodActorOverdueTests() : TestKit(PodActorSurroundings.VirtualTime)
{
    private const int Overdue = 1110;
    private const int NotRedelivered = 1112;

    [Fact]
    public async Task A_person_is_warned_once_after_a_minute_in_the_log_and_on_the_pod_with_advice()
    {
        var pod = new PodActorSurroundings(PodActorSurroundings.IssueAtOnce, NoAnswer);
        var actor = Sys.ActorOf(PodActor.Props(pod.Services));
        actor.Tell(new AssignRun(PodActorSurroundings.Target, default, []), TestActor);
        await PassAsync(actor, pod, TimeSpan.FromSeconds(50));
        Assert.Empty(pod.Logged);
        await PassAsync(actor, pod, TimeSpan.FromMinutes(10));

        const string Problem = "the push to port 50000 of the pod was not answered: silence";
        var advice = ProblemAdvice.For(ProblemCode.NoAnswer, "web");
        Assert.Equal(
            (Overdue, $"default/web (AppRole web) has waited for its secret for a minute or more: {Problem} (no-answer). {advice} The controllers try again until the pod is gone."),
            Assert.Single(pod.Logged));
        Assert.Equal($"default/web uid VaultSecretFailed: {Problem}. {advice}", Assert.Single(pod.EventsOnPods));
        var run = Assert.Single(pod.Runs.View.Summaries(null));
        Assert.Equal((Problem, ProblemCode.NoAnswer), (run.LastError, run.LastErrorCode));
    }

    [Fact]
    public async Task Of_a_sidecar_that_has_a_secret_it_is_told_that_it_waits_for_another_one()
    {
        var pod = new PodActorSurroundings(PodActorSurroundings.IssueAtOnce, NoAnswer);
        var actor = Sys.ActorOf(PodActor.Props(pod.Services));
        actor.Tell(new AssignRun(PodActorSurroundings.Target, default, [], IsRedelivery: true), TestActor);
        await PassAsync(actor, pod, TimeSpan.FromMinutes(5));

        const string Problem = "the push to port 50000 of the pod was not answered: silence";
        var advice = ProblemAdvice.For(ProblemCode.NoAnswer, "web");
        Assert.Equal(
            (NotRedelivered, $"default/web (AppRole web): the sidecar has a secret, and has not got the other one that it asked for: {Problem} (no-answer). {advice} The controllers try again. If no other one comes in time, the sidecar ends while its token is good, and is started again."),
            Assert.Single(pod.Logged));
        Assert.Equal($"default/web uid VaultRedeliveryFailed: The sidecar has a secret, and has not got the other one that it asked for: {Problem}. {advice}", Assert.Single(pod.EventsOnPods));
    }

    private static Task<PushOutcome> NoAnswer() => Task.FromResult<PushOutcome>(new PushOutcome.NoAnswer("silence"));

    private async Task PassAsync(IActorRef actor, PodActorSurroundings pod, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            await pod.AdvanceAsync(
                actor, (TestScheduler)Sys.Scheduler, () => AwaitConditionAsync(() => Task.FromResult(pod.IsWaiting), PodActorSurroundings.Deadline, TimeSpan.FromMilliseconds(1)),
                TimeSpan.FromSeconds(1));
        }
    }
}
