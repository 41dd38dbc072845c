using System.IO.Compression;
using Akka.Persistence;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Logging.Abstractions;

namespace AkkaVault.Actors.Tests.Ledger.Storage.ConfigMap;

public class LedgerRecordTests
{
    private static readonly DateTime At = new(2026, 11, 24, 1, 2, 3, DateTimeKind.Utc);

    [Property]
    public Property What_is_stored_comes_back_as_it_was() => Prop.ForAll<NonNull<string>, NonNull<byte[]>, PositiveInt>((text, bytes, count) =>
    {
        var record = Record(text.Get, bytes.Get, count.Get);
        var stamp = new LedgerStamp("node", count.Get, "write");
        var decoded = LedgerCodec.Decode(LedgerCodec.Encode(stamp, record));
        return decoded.Stamp == stamp && decoded.Record.Highest == record.Highest
            && decoded.Record.Events.Select(Flat).SequenceEqual(record.Events.Select(Flat))
            && decoded.Record.Snapshots.Single().Payload.Bytes.SequenceEqual(bytes.Get) && decoded.Record.Snapshots.Single().Timestamp == At;
    });

    [Property]
    public Property Any_byte_that_is_changed_is_noticed() => Prop.ForAll<PositiveInt, NonNull<byte[]>>((at, bytes) =>
    {
        var content = LedgerCodec.Encode(new LedgerStamp("node", 1, "write"), Record("m", bytes.Get, 3));
        var part = content.Parts.Values.ElementAt(at.Get % 2);
        part[at.Get % part.Length] ^= (byte)(1 + (at.Get % 255));
        Assert.Throws<InvalidDataException>(() => LedgerCodec.Decode(content));
    });

    [Property]
    public Property Deletion_and_replay_are_those_of_a_list(PositiveInt count, int deleted, int from, int to, int max)
    {
        var record = Record("m", [], count.Get).DeleteTo(deleted);
        var expected = Enumerable.Range(1, count.Get).Where(n => n > deleted).ToList();
        return (record.Events.Select(stored => (int)stored.SequenceNr).SequenceEqual(expected)
            && record.Highest == count.Get
            && record.Replay(from, to, max).Select(stored => (int)stored.SequenceNr).SequenceEqual(expected.Where(n => n >= from && n <= to).Take(Math.Max(0, max)))).ToProperty();
    }

    [Fact]
    public void Events_are_removed_when_a_snapshot_contains_them()
    {
        var record = Record("m", [], 5).Save(new StoredSnapshot(3, At, new StoredPayload(1, "m", [])));
        Assert.Equal([4, 5], record.Events.Select(stored => stored.SequenceNr));
        Assert.Equal(5, record.Highest);
    }

    [Fact]
    public void Older_snapshots_are_removed_if_the_newest_one_would_not_fit()
    {
        static StoredSnapshot Snapshot(long number, int size) => new(number, At, new StoredPayload(1, "m", new byte[size]));
        var small = LedgerRecord.Empty.Save(Snapshot(1, 10)).Save(Snapshot(2, 10));
        Assert.Equal([1, 2], small.Snapshots.Select(snapshot => snapshot.SequenceNr));
        Assert.Equal([3], small.Save(Snapshot(3, LedgerRecord.SnapshotBudget)).Snapshots.Select(snapshot => snapshot.SequenceNr));
        Assert.Same(small, small.Delete(new SnapshotSelectionCriteria(0)));
    }

    [Fact]
    public async Task The_watcher_is_asked_for_a_snapshot_before_the_object_is_full()
    {
        var ledger = new FakeLedgerObject();
        var asked = 0;
        using var keeper = new LedgerWriter(
            new LedgerWriterServices(ledger.Seen(() => Mishap.None), "this", new Unobserved(), TimeProvider.System, NullLogger<LedgerWriter>.Instance), _ => asked++);
        await keeper.ClaimAsync(default);
        var noise = new byte[LedgerWriter.SnapshotLimit / 2];
        new Random(1).NextBytes(noise);
        await keeper.ChangeAsync(record => record.Append([new StoredEvent(1, 0, "", "", new StoredPayload(1, "", noise))]), default);
        Assert.Equal(0, asked);
        await keeper.ChangeAsync(record => record.Append([new StoredEvent(2, 0, "", "", new StoredPayload(1, "", [.. noise.Reverse()]))]), default);
        Assert.Equal(1, asked);
        // Nothing changes, so nothing is written.
        var writes = ledger.Writes;
        await keeper.ChangeAsync(record => record.DeleteTo(0), default);
        Assert.Equal(writes, ledger.Writes);
        await keeper.ChangeAsync(record => record.DeleteTo(2).Save(new StoredSnapshot(2, At, new StoredPayload(1, "", LedgerCodec.Pack(noise, CompressionLevel.Optimal)))), default);
        Assert.Equal(1, asked);
    }

    private static LedgerRecord Record(string manifest, byte[] bytes, int count) => LedgerRecord.Empty
        .Append([.. Enumerable.Range(1, count).Select(n => new StoredEvent(n, At.Ticks, "writer", "", new StoredPayload(n, WellFormed(manifest), bytes)))])
        .Save(new StoredSnapshot(0, At, new StoredPayload(1, "s", bytes)));

    private static string Flat(StoredEvent stored) => $"{stored with { Payload = stored.Payload with { Bytes = [] } }}".Replace("System.Byte[]", Convert.ToHexString(stored.Payload.Bytes), StringComparison.Ordinal);

    // Lone surrogates are not valid Unicode text, and no manifest has them.
    private static string WellFormed(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
