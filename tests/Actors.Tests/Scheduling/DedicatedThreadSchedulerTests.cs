using System.Diagnostics;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using AkkaVault.Controller.Cluster;
using AkkaVault.Controller.Scheduling;

namespace AkkaVault.Actors.Tests.Scheduling;

public class DedicatedThreadSchedulerTests() : TestKit(ClusterTimings.Hocon)
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    public void A_controller_has_it() => Assert.IsType<DedicatedThreadScheduler>(Sys.Scheduler);

    [Fact]
    public void What_is_due_first_runs_first_although_it_was_scheduled_last()
    {
        using var later = new Cancelable(Sys.Scheduler);
        Sys.Scheduler.ScheduleTellOnce(s_hour, TestActor, "in an hour", TestActor, later);
        var asked = Stopwatch.StartNew();
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(200), TestActor, "soon", TestActor);
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.Zero, TestActor, "now", TestActor);
        ExpectMsg("now");
        ExpectMsg("soon");
        Assert.True(asked.Elapsed >= TimeSpan.FromMilliseconds(200), $"came after {asked.Elapsed}");
        Assert.Equal(TestActor, LastSender);
    }

    [Fact]
    public void What_repeats_ends_when_it_is_cancelled()
    {
        using var repeated = new Cancelable(Sys.Scheduler);
        Sys.Scheduler.ScheduleTellRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(10), TestActor, "again", TestActor, repeated);
        for (var i = 0; i < 5; i++) ExpectMsg("again");
        repeated.Cancel();
        // What is scheduled now is due after whatever was under way.
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(200), TestActor, "after it", TestActor);
        FishForMessage(message => message is "after it");
        ExpectNoMsg(TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public void What_fails_keeps_nothing_else_from_running_and_is_logged()
    {
        EventFilter.Exception<InvalidOperationException>("not today").ExpectOne(() =>
        {
            Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () => throw new InvalidOperationException("not today"));
            Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(100), () => TestActor.Tell("run"));
            ExpectMsg("run");
        });
    }

    [Fact]
    public async Task When_the_actor_system_ends_what_is_left_runs_once_and_nothing_can_be_scheduled()
    {
        var system = ActorSystem.Create("ends", ClusterTimings.Hocon);
        var left = new TaskCompletionSource();
        var ran = 0;
        system.Scheduler.Advanced.ScheduleOnce(s_hour, left.SetResult);
        system.Scheduler.Advanced.ScheduleRepeatedly(s_hour, s_hour, () => Interlocked.Increment(ref ran));
        using var cancelled = new Cancelable(system.Scheduler);
        system.Scheduler.Advanced.ScheduleOnce(s_hour, () => Interlocked.Increment(ref ran), cancelled);
        cancelled.Cancel();
        await system.Terminate();
        Assert.True(left.Task.IsCompletedSuccessfully);
        Assert.Equal(1, ran);
        Assert.Throws<SchedulerException>(() => system.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () => { }));
    }
}
