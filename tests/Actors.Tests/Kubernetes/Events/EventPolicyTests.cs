using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Kubernetes.Events;
using FsCheck;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Kubernetes.Events;

/// <summary>Which occurrences become events.</summary>
public class EventPolicyTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_occurrence_that_repeats_for_a_pod_is_counted_and_any_other_is_a_new_event()
    {
        var world = new World();
        var first = Of("uid-1", "refused");
        Assert.IsType<EventEffect.Create>(world.Happens(first, TimeSpan.Zero));
        Assert.Equal(new EventEffect.Update(first, "event-0", s_start, s_start.AddMinutes(1), 2), world.Happens(first, TimeSpan.FromMinutes(1)));
        Assert.Equal(new EventEffect.Update(first, "event-0", s_start, s_start.AddMinutes(2), 3), world.Happens(first, TimeSpan.FromMinutes(2)));
        Assert.IsType<EventEffect.Create>(world.Happens(first with { Message = "another" }, TimeSpan.FromMinutes(2)));
        Assert.IsType<EventEffect.Create>(world.Happens(first with { Reason = PodEventReason.VaultWrappingTokenUsed }, TimeSpan.FromMinutes(2)));
        // A pod that is created again under the same name is another pod.
        Assert.IsType<EventEffect.Create>(world.Happens(first with { Uid = "uid-2" }, TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public void After_the_window_it_is_a_new_event()
    {
        var world = new World();
        world.Happens(Of("uid", "refused"), TimeSpan.Zero);
        Assert.IsType<EventEffect.Update>(world.Happens(Of("uid", "refused"), EventPolicy.Window));
        Assert.IsType<EventEffect.Create>(world.Happens(Of("uid", "refused"), (2 * EventPolicy.Window) + TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void What_could_not_be_recorded_is_a_new_event_when_it_happens_again()
    {
        var policy = EventPolicy.Initial.Handle(new EventInput.Occurred(Of("uid", "refused"), "a"), s_start).State;
        policy = policy.Handle(new EventInput.NotCreated(Of("uid", "refused")), s_start).State;
        Assert.IsType<EventEffect.Create>(Assert.Single(policy.Handle(new EventInput.Occurred(Of("uid", "refused"), "b"), s_start).Effects));
    }

    [Fact]
    public void A_pod_has_its_burst_and_then_one_every_five_minutes_and_omitted_occurrences_are_counted()
    {
        var world = new World();
        var effects = Enumerable.Range(0, 1000).Select(i => world.Happens(Of("uid", "refused"), TimeSpan.FromSeconds(i))).ToList();
        // 1000 s contain three intervals.
        Assert.Equal(EventPolicy.BurstOfPod + 3, effects.Count(effect => effect is not EventEffect.Omit));
        Assert.Equal(901, effects.OfType<EventEffect.Update>().Last().Count);
    }

    [Fact]
    public void Five_thousand_pods_that_fail_at_once_are_fifty_events()
    {
        var world = new World();
        var effects = Enumerable.Range(0, 5000).Select(i => world.Happens(Of($"uid-{i}", "403"), TimeSpan.Zero)).ToList();
        Assert.Equal(EventPolicy.Burst, effects.Count(effect => effect is EventEffect.Create));
        Assert.Equal(5000 - EventPolicy.Burst, effects.Count(effect => effect is EventEffect.Omit));
    }

    [Fact]
    public void Failures_and_deliveries_take_nothing_from_the_share_of_thefts()
    {
        var world = new World();
        for (var i = 0; i < 200; i++) world.Happens(Of($"uid-{i}", "403"), TimeSpan.Zero);
        for (var i = 200; i < 400; i++) world.Happens(Of($"uid-{i}", "delivered") with { Reason = PodEventReason.VaultSecretDelivered }, TimeSpan.Zero);
        Assert.IsType<EventEffect.Create>(world.Happens(Of("uid-400", "theft") with { Reason = PodEventReason.VaultWrappingTokenUsed }, TimeSpan.Zero));
    }

    [Property(MaxTest = 300)]
    public void Neither_one_pod_nor_all_pods_exceed_their_limit_and_every_update_is_of_an_event_that_was_created(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var world = new World();
        var at = TimeSpan.Zero;
        var recorded = new List<(string Uid, TimeSpan At)>();
        var (created, happened) = (new Dictionary<string, PodEventOccurrence>(), new Dictionary<PodEventOccurrence, int>());
        for (var i = 0; i < 2000; i++)
        {
            at += TimeSpan.FromMilliseconds(random.Next(random.Next(50) == 0 ? 600_000 : 300));
            var occurrence = Of($"uid-{random.Next(8)}", $"message {random.Next(4)}");
            happened[occurrence] = happened.GetValueOrDefault(occurrence) + 1;
            switch (world.Happens(occurrence, at))
            {
                case EventEffect.Create:
                    created.Add(world.LastName, occurrence);
                    recorded.Add((occurrence.Uid, at));
                    break;
                case EventEffect.Update update:
                    Assert.Equal(occurrence, created[update.Name]);
                    Assert.InRange(update.Count, 2, happened[occurrence]);
                    recorded.Add((occurrence.Uid, at));
                    break;
            }
        }

        CheckShare(recorded.Select(one => one.At).ToList(), EventPolicy.Burst, EventPolicy.Interval);
        foreach (var pod in recorded.GroupBy(one => one.Uid)) CheckShare([.. pod.Select(one => one.At)], EventPolicy.BurstOfPod, EventPolicy.IntervalOfPod);
    }

    [Fact]
    public void With_any_number_of_pods_it_remembers_a_bounded_number()
    {
        var world = new World();
        var recorded = 0;
        for (var i = 0; i < 3 * EventPolicy.MostRemembered; i++)
        {
            if (world.Happens(Of($"uid-{i}", "403"), i * EventPolicy.Interval) is EventEffect.Create) recorded++;
            Assert.InRange(world.Policy.Remembered, 0, EventPolicy.MostRemembered);
        }

        Assert.Equal(3 * EventPolicy.MostRemembered, recorded);
    }

    private static PodEventOccurrence Of(string uid, string message) => new("default", "web", uid, PodEventReason.VaultSecretFailed, message);

    /// <summary>In any period there are at most the burst and what the intervals allow.</summary>
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

        public EventEffect Happens(PodEventOccurrence occurrence, TimeSpan at)
        {
            var transition = Policy.Handle(new EventInput.Occurred(occurrence, $"event-{_names++}"), s_start + at);
            Policy = transition.State;
            return Assert.Single(transition.Effects);
        }
    }
}
