using Akka.Persistence;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Controller.Ledger;
using Xunit.Abstractions;

namespace AkkaVault.Simulators.Tests.Ledger;

/// <summary>
/// What Akka.Persistence expects of a journal and a snapshot store, and what fencing must ensure. The tests use HTTP and an API server.
/// </summary>
public abstract partial class LedgerContract(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Map = "kubernetes-vault-ledger";
    private static readonly DateTime At = new(2026, 11, 24, 1, 2, 3, DateTimeKind.Utc);
    private readonly string _ns = $"contract-{Guid.NewGuid():N}";
    private readonly List<LedgerSystem> _systems = [];
    private LedgerSystem _one = null!;

    private protected abstract HttpClient Admin { get; }

    private protected abstract ApiServer Controller { get; }

    public async Task InitializeAsync()
    {
        if (!await BeginAsync(_ns)) return;
        _one = Start("one");
    }

    public async Task DisposeAsync()
    {
        foreach (var system in _systems) await system.DisposeAsync();
    }

    /// <summary>Creates a namespace in which the controller has its rights.</summary>
    /// <returns>False: these tests cannot run here.</returns>
    private protected abstract Task<bool> BeginAsync(string ns);

    private protected abstract void SkipWhereItCannotBeTested();

    [SkippableTheory]
    [InlineData(1, long.MaxValue, long.MaxValue, new long[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(3, 5, long.MaxValue, new long[] { 3, 4, 5 })]
    [InlineData(2, 2, long.MaxValue, new long[] { 2 })]
    [InlineData(2, long.MaxValue, 2, new long[] { 2, 3 })]
    [InlineData(1, long.MaxValue, 0, new long[0])]
    [InlineData(5, 4, long.MaxValue, new long[0])]
    [InlineData(7, long.MaxValue, long.MaxValue, new long[0])]
    public async Task Events_are_replayed_in_order_by_range_and_up_to_a_number(long from, long to, long max, long[] expected)
    {
        SkipWhereItCannotBeTested();
        await _one.RecoverAsync();
        await _one.WriteAsync(1, 2, 3);
        await _one.WriteAsync(4);
        await _one.WriteAsync(5, 6);
        var (events, highest) = await _one.ReplayAsync(from, to, max);
        Assert.Equal(expected, events.Select(item => item.SequenceNr));
        Assert.All(events, item => Assert.Equal(new Advanced($"{item.SequenceNr}"), item.Payload));
        Assert.All(events, item => Assert.Equal(LedgerSystem.Id, item.PersistenceId));
        Assert.All(events, item => Assert.InRange(item.Timestamp, DateTime.UtcNow.AddMinutes(-5).Ticks, DateTime.UtcNow.Ticks));
        Assert.True(events.Select(item => item.WriterGuid).Distinct().Count() <= 1);
        Assert.Equal(6, highest);
    }

    [SkippableFact]
    public async Task Events_and_the_highest_sequence_number_outlive_the_process_and_the_deletion_of_events()
    {
        SkipWhereItCannotBeTested();
        Assert.Equal(0, (await _one.RecoverAsync()).Highest);
        await _one.WriteAsync(1, 2, 3, 4, 5);
        await _one.DeleteToAsync(3);
        await _one.DeleteToAsync(2);
        Assert.Equal([4, 5], (await _one.ReplayAsync(1, long.MaxValue, long.MaxValue)).Events.Select(item => item.SequenceNr));

        var two = Start("two");
        var recovered = await two.RecoverAsync();
        Assert.Equal([4, 5], recovered.Events.Select(item => item.SequenceNr));
        await two.DeleteToAsync(long.MaxValue);
        Assert.Equal(5, (await two.ReplayAsync(1, long.MaxValue, long.MaxValue)).Highest);

        var three = Start("three");
        Assert.Equal((null, 5L), ((await three.RecoverAsync()) is var empty && empty.Events.Count == 0 ? empty.Snapshot : throw new InvalidOperationException(), empty.Highest));
        await three.WriteAsync(6);
    }

    [SkippableFact]
    public async Task An_event_that_cannot_be_serialized_is_rejected_with_its_whole_write_and_no_other()
    {
        SkipWhereItCannotBeTested();
        await _one.RecoverAsync();
        _one.Send((1, [new Advanced("1")]), (2, [new Advanced("2"), new object()]), (4, [new Advanced("4")]));
        await _one.ExpectAsync<WriteMessagesSuccessful>();
        Assert.Equal(1, (await _one.ExpectAsync<WriteMessageSuccess>()).Persistent.SequenceNr);
        Assert.Equal(2, (await _one.ExpectAsync<WriteMessageRejected>()).Persistent.SequenceNr);
        Assert.Equal(3, (await _one.ExpectAsync<WriteMessageRejected>()).Persistent.SequenceNr);
        Assert.Equal(4, (await _one.ExpectAsync<WriteMessageSuccess>()).Persistent.SequenceNr);
        Assert.Equal([1, 4], (await _one.ReplayAsync(1, long.MaxValue, long.MaxValue)).Events.Select(item => item.SequenceNr));
    }

    [SkippableFact]
    public async Task Another_persistent_actor_is_rejected_and_finds_nothing()
    {
        SkipWhereItCannotBeTested();
        await _one.RecoverAsync();
        await _one.WriteAsync(1);
        _one.Send("another", [(1, [new Advanced("1")])]);
        await _one.ExpectAsync<WriteMessagesSuccessful>();
        Assert.IsType<NotSupportedException>((await _one.ExpectAsync<WriteMessageRejected>()).Cause);
        var (events, highest) = await _one.ReplayAsync(1, long.MaxValue, long.MaxValue, "another");
        Assert.Empty(events);
        Assert.Equal(0, highest);
        Assert.Null(await _one.LoadAsync(SnapshotSelectionCriteria.Latest, "another"));
    }

    [SkippableFact]
    public async Task Writes_that_wait_for_one_another_are_sent_together_and_answered_in_order()
    {
        SkipWhereItCannotBeTested();
        const int Count = 200;
        await _one.RecoverAsync();
        var before = _one.Writes.Count;
        for (var i = 1; i <= Count; i++) _one.Send((i, [new Advanced($"{i}")]));
        for (var i = 1; i <= Count; i++)
        {
            await _one.ExpectAsync<WriteMessagesSuccessful>();
            Assert.Equal(i, (await _one.ExpectAsync<WriteMessageSuccess>()).Persistent.SequenceNr);
        }

        Assert.InRange(_one.Writes.Count - before, 1, Count / 4);
        // A replay during a write includes that write.
        _one.Send((Count + 1, [new Advanced("last")]));
        var recovered = await Start("two").RecoverAsync();
        Assert.InRange(recovered.Highest, Count, Count + 1);
    }

    [SkippableFact]
    public async Task Snapshots_are_found_and_deleted_by_their_criteria()
    {
        SkipWhereItCannotBeTested();
        await _one.RecoverAsync();
        for (var i = 1; i <= 5; i++) await _one.SaveAsync(i * 10, At.AddMinutes(i), $"{i}");
        async Task<string?> Found(SnapshotSelectionCriteria criteria) => ((await _one.LoadAsync(criteria))?.Snapshot as LedgerSnapshot)?.ResumeToken;

        Assert.Equal("5", await Found(SnapshotSelectionCriteria.Latest));
        Assert.Null(await Found(SnapshotSelectionCriteria.None));
        Assert.Equal("3", await Found(new SnapshotSelectionCriteria(39)));
        Assert.Equal("2", await Found(new SnapshotSelectionCriteria(long.MaxValue, At.AddMinutes(2))));
        Assert.Equal("4", await Found(new SnapshotSelectionCriteria(45, DateTime.MaxValue, 20, At.AddMinutes(1))));
        Assert.Null(await Found(new SnapshotSelectionCriteria(9)));
        Assert.Null(await Found(new SnapshotSelectionCriteria(15, DateTime.MaxValue, 11)));

        await _one.SaveAsync(50, At.AddMinutes(6), "5 again");
        Assert.Equal("5 again", await Found(SnapshotSelectionCriteria.Latest));
        _one.Ask(new DeleteSnapshot(new SnapshotMetadata(LedgerSystem.Id, 50, At)));
        await _one.ExpectAsync<DeleteSnapshotSuccess>();
        Assert.Equal("5 again", await Found(SnapshotSelectionCriteria.Latest));
        _one.Ask(new DeleteSnapshot(new SnapshotMetadata(LedgerSystem.Id, 50, At.AddMinutes(6))));
        await _one.ExpectAsync<DeleteSnapshotSuccess>();
        Assert.Equal("4", await Found(SnapshotSelectionCriteria.Latest));
        _one.Ask(new DeleteSnapshots(LedgerSystem.Id, new SnapshotSelectionCriteria(40, At.AddMinutes(3))));
        await _one.ExpectAsync<DeleteSnapshotsSuccess>();
        Assert.Null(await Found(new SnapshotSelectionCriteria(39)));
        Assert.Equal(At.AddMinutes(4), (await Start("two").RecoverAsync()).Snapshot!.Metadata.Timestamp);
    }

    [SkippableFact]
    public async Task A_snapshot_and_the_events_after_it_are_recovered_after_compaction()
    {
        SkipWhereItCannotBeTested();
        await _one.RecoverAsync();
        await _one.WriteAsync(1, 2, 3, 4);
        await _one.SaveAsync(3, At, "3");
        await _one.DeleteToAsync(3);
        var (snapshot, events, highest) = await Start("two").RecoverAsync();
        Assert.Equal("3", ((LedgerSnapshot)snapshot!.Snapshot).ResumeToken);
        Assert.Equal([4], events.Select(item => item.SequenceNr));
        Assert.Equal(4, highest);
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(5000)]
    public async Task A_write_is_quick_with_any_number_of_pending_pods(int pods)
    {
        SkipWhereItCannotBeTested();
        const int Count = 100;
        await _one.RecoverAsync();
        LedgerEntry Entry(int i) => new(
            new DeliveryTarget(
                new RunId($"{Guid.NewGuid()}", $"containerd://{Guid.NewGuid():N}{Guid.NewGuid():N}"), $"team-{i % 20}", $"web-{i}-{Random.Shared.GetHexString(15)}",
                $"10.1.{i / 250}.{i % 250}", "web", $"node-{i % 100}", At),
            RunStatus.Pending, At, [new PendingRevocation(Random.Shared.GetHexString(24), At)]);
        await _one.SaveAsync(0, At, "7", [.. Enumerable.Range(0, pods).Select(Entry)]);
        for (var i = 1; i <= Count; i++) await _one.WriteAsync(i);
        var writes = _one.Writes.TakeLast(Count).ToList();
        var taken = writes.Select(write => write.Taken.TotalMilliseconds).Order().ToList();
        output.WriteLine($"{pods} pods, {writes[^1].Bytes} bytes: a write takes {taken[Count / 2]:F1} ms (p99 {taken[Count - 2]:F1} ms)");
        Assert.True(taken[Count / 2] < 1000, $"{taken[Count / 2]} ms");
    }

    private LedgerSystem Start(string name)
    {
        _systems.Add(LedgerSystem.Start(name, Controller, _ns, Map));
        return _systems[^1];
    }
}
