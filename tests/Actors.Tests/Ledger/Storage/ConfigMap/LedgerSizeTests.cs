using System.Diagnostics;
using System.IO.Compression;
using Akka.Actor;
using AkkaVault.Controller.Cluster.Serialization;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using Xunit.Abstractions;

namespace AkkaVault.Actors.Tests.Ledger.Storage.ConfigMap;

/// <summary>The size of pods in the ledger. The pods' values are as random as real ones, so that they compress no better.</summary>
public sealed class LedgerSizeTests(ITestOutputHelper output) : IDisposable
{
    private const int Pods = 5000;
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);

    private readonly ActorSystem _system = ActorSystem.Create("size");
    private readonly Random _random = new(4);

    public void Dispose() => _system.Dispose();

    [Fact]
    public void Five_thousand_pending_pods_and_a_thousand_events_after_the_snapshot_fit_well()
    {
        var format = new WireSerializer((ExtendedActorSystem)_system);
        var entries = Enumerable.Range(0, Pods).Select(_ => Entry()).ToList();
        var snapshot = format.ToBinary(new LedgerSnapshot("123456789", entries));
        var started = Stopwatch.GetTimestamp();
        var packed = LedgerCodec.Pack(snapshot, CompressionLevel.Optimal);
        output.WriteLine($"snapshot: {(double)packed.Length / Pods:F1} bytes per pod, {packed.Length} bytes of {snapshot.Length}, {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms to compress");

        var saved = LedgerRecord.Empty.Append(Events(format, 1, 1)).Save(new StoredSnapshot(1, Start.UtcDateTime, new StoredPayload(format.Identifier, "snapshot", packed)));
        var full = saved.DeleteTo(1).Append(Events(format, 2, 1000));
        started = Stopwatch.GetTimestamp();
        var content = LedgerCodec.Encode(new LedgerStamp("node", 7, "write"), full);
        output.WriteLine($"with 1000 events: {content.Size} bytes, {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms to encode; {(double)content.Parts[LedgerCodec.EventsPart].Length / 1000:F1} bytes per event");
        Assert.True(content.Size < LedgerWriter.WarningLimit * 0.8, $"{content.Size} bytes");

        // A burst without a snapshot: every pod is accepted, issued and delivered.
        var storm = LedgerCodec.Encode(new LedgerStamp("node", 7, "write"), LedgerRecord.Empty.Append(Events(format, 1, Pods * 3)));
        output.WriteLine($"{Pods * 3} events without a snapshot: {storm.Size} bytes");
    }

    [Fact]
    public void Twenty_thousand_served_runs_with_a_thousand_pending_and_a_thousand_events_fit_well()
    {
        const int Served = 20_000;
        var format = new WireSerializer((ExtendedActorSystem)_system);
        var started = Stopwatch.GetTimestamp();
        var ledger = Enumerable.Range(0, Served).Aggregate(
            RunLedger.Empty with { ResumeToken = "123456789" },
            (known, _) => known.With(Entry() with { Status = RunStatus.Delivered, PendingRevocations = [], NextDeliveryAt = Start.AddSeconds(_random.Next(2_000_000)) }));
        ledger = Enumerable.Range(0, 1000).Aggregate(ledger, (known, _) => known.With(Entry()));
        output.WriteLine($"made in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");
        started = Stopwatch.GetTimestamp();
        var snapshot = format.ToBinary(LedgerSnapshot.Of(ledger));
        var packed = LedgerCodec.Pack(snapshot, CompressionLevel.Optimal);
        output.WriteLine($"snapshot: {packed.Length} bytes of {snapshot.Length}, {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");

        var full = LedgerRecord.Empty.Append(Events(format, 1, 1)).Save(new StoredSnapshot(1, Start.UtcDateTime, new StoredPayload(format.Identifier, "snapshot", packed)))
            .DeleteTo(1).Append(Events(format, 2, 1000));
        started = Stopwatch.GetTimestamp();
        var content = LedgerCodec.Encode(new LedgerStamp("node", 7, "write"), full);
        output.WriteLine($"with 1000 events: {content.Size} bytes, {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms to encode; events {content.Parts[LedgerCodec.EventsPart].Length}");
        Assert.True(content.Size < LedgerWriter.WarningLimit * 0.85, $"{content.Size} bytes");

        started = Stopwatch.GetTimestamp();
        var again = ((LedgerSnapshot)format.FromBinary(LedgerCodec.Unpack(packed), "snapshot")).ToLedger();
        output.WriteLine($"read in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");
        Assert.Equal((Served, 1000), (again.Served.Count, again.Entries.Count()));
    }

    private List<StoredEvent> Events(WireSerializer format, long first, int count)
    {
        var events = new List<StoredEvent>();
        while (events.Count < count)
        {
            var entry = Entry();
            foreach (var happened in (ILedgerEvent[])[new Added(entry.Target, entry.SeenAt, "123456789"), new Issued(entry.Target.Run, entry.PendingRevocations, "123456789"), new Delivered(entry.Target.Run, [], "123456789")])
                events.Add(new StoredEvent(first + events.Count, Start.Ticks, "7d0a3ed5-0f9f-4dcb-9d27-5a9a3d9b6c11", "", new StoredPayload(format.Identifier, format.Manifest(happened), format.ToBinary(happened))));
        }

        return events[..count];
    }

    private LedgerEntry Entry()
    {
        var uid = new byte[16];
        var container = new byte[32];
        _random.NextBytes(uid);
        _random.NextBytes(container);
        var app = $"service-{_random.Next(60)}";
        var target = new DeliveryTarget(
            new RunId(new Guid(uid).ToString(), $"containerd://{Convert.ToHexStringLower(container)}"),
            $"team-{_random.Next(20)}", $"{app}-{Text(Letters, 10)}-{Text(Letters, 5)}", $"10.{_random.Next(4)}.{_random.Next(256)}.{_random.Next(256)}",
            app, $"ip-10-0-{_random.Next(4)}-{_random.Next(64)}.eu-west-1.compute.internal", Start.AddSeconds(_random.Next(600)));
        return new LedgerEntry(
            target, RunStatus.Pending, target.StartedAt.AddTicks(_random.NextInt64(TimeSpan.TicksPerMinute)),
            [new PendingRevocation(Text(Base62, 24), target.StartedAt.AddTicks(_random.NextInt64(TimeSpan.TicksPerMinute)))]);
    }

    private string Text(string letters, int length) => string.Create(length, letters, (span, from) =>
    {
        for (var i = 0; i < span.Length; i++) span[i] = from[_random.Next(from.Length)];
    });
}
