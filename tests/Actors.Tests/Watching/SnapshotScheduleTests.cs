using AkkaVault.Controller.Watching;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Watching;

public class SnapshotScheduleTests
{
    [Theory]
    [InlineData(1999, false)]
    [InlineData(2000, true)]
    public void A_watcher_that_recovers_many_events_saves_a_snapshot_first(long events, bool isDue) => Assert.Equal(isDue, new SnapshotSchedule(events).IsDueAtStart);

    [Theory]
    [InlineData(1499, false)]
    [InlineData(1500, true)]
    public void A_snapshot_is_due_after_a_thousand_events(long stored, bool isDue) =>
        Assert.Equal(isDue, new SnapshotSchedule(0).BatchBegun().BatchStored(stored).IsDueAfterBatch(500));

    [Fact]
    public void A_store_that_is_nearly_full_gets_one_at_once_or_after_the_batch()
    {
        Assert.True(new SnapshotSchedule(7).StoreNearlyFull().IsDueBetweenBatches);
        var storing = new SnapshotSchedule(7).BatchBegun().StoreNearlyFull();
        Assert.False(storing.IsDueBetweenBatches);
        Assert.True(storing.BatchStored(8).IsDueAfterBatch(7));
    }

    [Fact]
    public void What_the_store_asks_for_while_a_snapshot_is_saved_is_done_afterwards()
    {
        var saving = new SnapshotSchedule(1000).SaveBegun();
        Assert.Equal(1000, saving.SavingEvents);
        var asked = saving.StoreNearlyFull().BatchBegun().BatchStored(1001);
        Assert.False(asked.IsDueAfterBatch(0));
        Assert.True(asked.SaveEnded().IsDueAfterBatch(1000));
        Assert.False(asked.SaveEnded().SaveBegun().SaveEnded().IsDueAfterBatch(1001));
    }

    /// <summary>Whatever happens in which order.</summary>
    [Property(MaxTest = 500)]
    public void A_snapshot_is_never_begun_while_one_is_saved(byte[] steps)
    {
        var (schedule, saved) = (new SnapshotSchedule(0), 0L);
        foreach (var step in steps)
        {
            schedule = (step % 4) switch
            {
                0 => schedule.BatchBegun(),
                1 when schedule.BatchesUnderWay > 0 => schedule.BatchStored(schedule.StoredEvents + (step * 10)),
                2 => schedule.StoreNearlyFull(),
                3 when schedule.SavingEvents is { } events => Saved(events),
                _ => schedule,
            };
            if (schedule.SavingEvents is not null) Assert.False(schedule.IsDueBetweenBatches || schedule.IsDueAfterBatch(saved));
            else if (schedule.IsDueBetweenBatches || (step % 4 == 1 && schedule.IsDueAfterBatch(saved))) schedule = schedule.SaveBegun();
        }

        SnapshotSchedule Saved(long events)
        {
            saved = events;
            return schedule.SaveEnded();
        }
    }
}
