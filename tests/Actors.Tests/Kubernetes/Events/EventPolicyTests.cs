using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Kubernetes.Events;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Kubernetes.Events;

/// <summary>Which happenings become events.</summary>
public class EventPolicyTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_same_of_the_same_pod_is_counted_up_and_anything_else_is_new()
    {
        var world = new World();
        var first = Of("uid-1", "refused");
        Assert.IsType<EventDecision.Create>(world.Happens(first, TimeSpan.Zero));
        Assert.Equal(new EventDecision.Update("event-0", s_start, 2), world.Happens(first, TimeSpan.FromMinutes(1)));
        Assert.Equal(new EventDecision.Update("event-0", s_start, 3), world.Happens(first, TimeSpan.FromMinutes(2)));
        Assert.IsType<EventDecision.Create>(world.Happens(first with { Message = "another" }, TimeSpan.FromMinutes(2)));
        Assert.IsType<EventDecision.Create>(world.Happens(first with { Reason = PodEventReason.VaultWrappingTokenUsed }, TimeSpan.FromMinutes(2)));
        // Created again under its name it is another pod.
        Assert.IsType<EventDecision.Create>(world.Happens(first with { Uid = "uid-2" }, TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public void After_the_window_it_is_a_new_event()
    {
        var world = new World();
        world.Happens(Of("uid", "refused"), TimeSpan.Zero);
        Assert.IsType<EventDecision.Update>(world.Happens(Of("uid", "refused"), EventPolicy.Window));
        Assert.IsType<EventDecision.Create>(world.Happens(Of("uid", "refused"), (2 * EventPolicy.Window) + TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void What_could_not_be_recorded_is_a_new_event_when_it_happens_again()
    {
        var (policy, _) = EventPolicy.Initial.Handle(Of("uid", "refused"), "a", s_start);
        Assert.IsType<EventDecision.Create>(policy.Lost(Of("uid", "refused")).Handle(Of("uid", "refused"), "b", s_start).Decision);
    }

    [Fact]
    public void A_pod_has_its_burst_and_then_one_every_five_minutes_and_what_was_left_out_is_counted()
    {
        var world = new World();
        var decisions = Enumerable.Range(0, 1000).Select(i => world.Happens(Of("uid", "refused"), TimeSpan.FromSeconds(i))).ToList();
        // 1000 s are three intervals.
        Assert.Equal(EventPolicy.BurstOfPod + 3, decisions.Count(decision => decision is not EventDecision.LeaveOut));
        Assert.Equal(901, decisions.OfType<EventDecision.Update>().Last().Count);
    }

    [Fact]
    public void Five_thousand_pods_that_fail_at_once_are_fifty_events()
    {
        var world = new World();
        var decisions = Enumerable.Range(0, 5000).Select(i => world.Happens(Of($"uid-{i}", "403"), TimeSpan.Zero)).ToList();
        Assert.Equal(EventPolicy.Burst, decisions.Count(decision => decision is EventDecision.Create));
        Assert.Equal(5000 - EventPolicy.Burst, decisions.Count(decision => decision is EventDecision.LeaveOut));
    }

    [Fact]
    public void What_fails_and_what_is_delivered_takes_nothing_from_a_theft()
    {
        var world = new World();
        for (var i = 0; i < 200; i++) world.Happens(Of($"uid-{i}", "403"), TimeSpan.Zero);
        for (var i = 200; i < 400; i++) world.Happens(Of($"uid-{i}", "delivered") with { Reason = PodEventReason.VaultSecretDelivered }, TimeSpan.Zero);
        Assert.IsType<EventDecision.Create>(world.Happens(Of("uid-400", "theft") with { Reason = PodEventReason.VaultWrappingTokenUsed }, TimeSpan.Zero));
    }

    [Property(MaxTest = 300)]
    public void Neither_a_pod_nor_all_of_them_have_more_than_their_share_and_no_update_is_of_what_was_not_created(int seed)
    {
        var random = new Random(seed);
        var world = new World();
        var at = TimeSpan.Zero;
        var recorded = new List<(string Uid, TimeSpan At)>();
        var (created, happened) = (new Dictionary<string, PodEventOccurrence>(), new Dictionary<PodEventOccurrence, int>());
        for (var i = 0; i < 2000; i++)
        {
            at += TimeSpan.FromMilliseconds(random.Next(random.Next(50) == 0 ? 600_000 : 300));
            var happening = Of($"uid-{random.Next(8)}", $"message {random.Next(4)}");
            happened[happening] = happened.GetValueOrDefault(happening) + 1;
            switch (world.Happens(happening, at))
            {
                case EventDecision.Create:
                    created.Add(world.LastName, happening);
                    recorded.Add((happening.Uid, at));
                    break;
                case EventDecision.Update update:
                    Assert.Equal(happening, created[update.Name]);
                    Assert.InRange(update.Count, 2, happened[happening]);
                    recorded.Add((happening.Uid, at));
                    break;
            }
        }

        CheckShare(recorded.Select(one => one.At).ToList(), EventPolicy.Burst, EventPolicy.Interval);
        foreach (var pod in recorded.GroupBy(one => one.Uid)) CheckShare([.. pod.Select(one => one.At)], EventPolicy.BurstOfPod, EventPolicy.IntervalOfPod);
    }

    [Fact]
    public void However_many_pods_there_are_it_remembers_a_bounded_number_and_its_bound_holds()
    {
        var world = new World();
        var recorded = 0;
        for (var i = 0; i < 3 * EventPolicy.MostRemembered; i++)
        {
            if (world.Happens(Of($"uid-{i}", "403"), i * EventPolicy.Interval) is EventDecision.Create) recorded++;
            Assert.InRange(world.Policy.Remembered, 0, EventPolicy.MostRemembered);
        }

        Assert.Equal(3 * EventPolicy.MostRemembered, recorded);
    }

    private static PodEventOccurrence Of(string uid, string message) => new("default", "web", uid, PodEventReason.VaultSecretFailed, message);

    /// <summary>Of any stretch of them, no more than the burst and what has been earned meanwhile.</summary>
    private static void CheckShare(List<TimeSpan> at, int burst, TimeSpan interval)
    {
        for (var first = 0; first + burst < at.Count; first++)
        {
            var meanwhile = (at[first + burst] - at[first]) / interval;
            Assert.True(meanwhile > 0.999, $"{burst + 1} within {meanwhile} intervals");
        }
    }

    private sealed class World
    {
        private int _names;

        public EventPolicy Policy { get; private set; } = EventPolicy.Initial;

        public string LastName => $"event-{_names - 1}";

        public EventDecision Happens(PodEventOccurrence happening, TimeSpan at)
        {
            (Policy, var decision) = Policy.Handle(happening, $"event-{_names++}", s_start + at);
            return decision;
        }
    }
}
