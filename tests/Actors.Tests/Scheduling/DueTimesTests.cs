using Akka.Actor;
using AkkaVault.Controller.Scheduling;
using FsCheck;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Scheduling;

public class DueTimesTests
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(50);

    /// <summary>Against a plain list that is searched for the first entry that is due.</summary>
    [Property(MaxTest = 500)]
    public void Everything_runs_in_its_order_as_often_as_it_should_and_never_early(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var due = new DueTimes(s_tick);
        var expected = new List<Expected>();
        var number = 0;
        var now = TimeSpan.Zero;
        for (var step = 0; step < 300; step++)
        {
            switch (random.Next(4))
            {
                case 0:
                    var delay = Milliseconds(random, 0, 3000);
                    var entry = new Scheduled(() => { }, random.Next(3) == 0 ? Milliseconds(random, 1, 1000) : null, random.Next(4) == 0 ? null : NewCancelable());
                    due.Add(entry, now, delay);
                    expected.Add(new(entry, NextTick(now + delay), number++));
                    break;
                case 1 when expected.Count > 0:
                    expected[random.Next(expected.Count)].Entry.Cancelable?.Cancel();
                    break;
                default:
                    now += Milliseconds(random, 0, random.Next(10) == 0 ? 5000 : 120);
                    while (expected.Where(item => item.Due <= now && !item.Entry.IsCanceled).OrderBy(item => item.Due).ThenBy(item => item.Number).FirstOrDefault() is { } first)
                    {
                        Assert.True(due.TryTake(now, out var taken));
                        Assert.Same(first.Entry, taken);
                        expected.Remove(first);
                        if (taken.Interval is not { } interval) continue;
                        var next = NextTick(first.Due + interval);
                        expected.Add(new(taken, next > now ? next : NextTick(now + interval), number++));
                    }
                    Assert.False(due.TryTake(now, out _));
                    Assert.True(due.Next is not { } later || later > now);
                    break;
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_tick_has_a_length(int milliseconds) => Assert.Throws<ArgumentOutOfRangeException>(() => new DueTimes(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void What_is_never_due_waits()
    {
        var due = new DueTimes(s_tick);
        due.Add(new(() => { }, TimeSpan.MaxValue, Cancelable: null), TimeSpan.FromDays(1), TimeSpan.MaxValue);
        Assert.False(due.TryTake(TimeSpan.FromDays(5000), out _));
        Assert.True(due.TryTake(TimeSpan.FromDays(15_000), out _));
        Assert.False(due.TryTake(TimeSpan.FromDays(20_000), out _));
    }

    [Fact]
    public void Timers_that_were_cancelled_long_before_they_are_due_are_not_kept()
    {
        var due = new DueTimes(s_tick);
        for (var i = 0; i < 100_000; i++)
        {
            var cancelable = NewCancelable();
            due.Add(new(() => { }, Interval: null, i % 100 == 0 ? null : cancelable), TimeSpan.Zero, TimeSpan.FromHours(1));
            cancelable.Cancel();
        }
        Assert.InRange(due.Count, 1000, 2048);
    }

    [Fact]
    public void What_is_due_once_a_second_is_due_once_after_a_pause_of_a_minute()
    {
        var due = new DueTimes(s_tick);
        due.Add(new(() => { }, TimeSpan.FromSeconds(1), Cancelable: null), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        var now = TimeSpan.FromMinutes(1);
        Assert.True(due.TryTake(now, out _));
        Assert.False(due.TryTake(now, out _));
        Assert.Equal(now + TimeSpan.FromSeconds(1), due.Next);
    }

    /// <summary>It has no scheduler, because nothing here is cancelled later.</summary>
    private static Cancelable NewCancelable() => new((IActionScheduler?)null);

    private static TimeSpan Milliseconds(Random random, int from, int below) => TimeSpan.FromMilliseconds(from + (random.NextDouble() * (below - from)));

    private static TimeSpan NextTick(TimeSpan time) => s_tick * Math.Ceiling(time / s_tick);

    private sealed record Expected(Scheduled Entry, TimeSpan Due, int Number);
}
