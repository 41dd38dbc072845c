using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>Who wrote the object last, and which write it was.</summary>
/// <param name="Owner">The process that owns the ledger.</param>
/// <param name="ClaimNumber">How often the ledger was claimed.</param>
/// <param name="Write">Identifies one write: a writer that got no answer finds out by it whether the write was stored.</param>
/// <param name="Node">The owner as a member of a cluster, by address and incarnation; empty: of none.</param>
internal sealed record LedgerStamp(string Owner, long ClaimNumber, string Write, string Node = "");

/// <summary>What an object of ours says.</summary>
/// <param name="Stamp">Its last write.</param>
/// <param name="Record">What is stored.</param>
internal sealed record DecodedLedger(LedgerStamp Stamp, LedgerRecord Record);

/// <summary>
/// The stored form: a few texts for people, the events compressed together, each snapshot compressed by itself, and a checksum over all of
/// it, so that an object that was edited by hand is not read as a ledger.
/// </summary>
internal static class LedgerCodec
{
    /// <summary>The part with the events.</summary>
    public const string EventsPart = "events";

    private const string Format = "1";
    private const string SnapshotsPart = "snapshots";
    private const string Warning = "The ledger of kubernetes-vault. You may delete this object: the ledger is then rebuilt from a list of all pods. Do not edit it.";

    /// <summary>The stored form.</summary>
    public static LedgerContent Encode(LedgerStamp stamp, LedgerRecord record)
    {
        var texts = new Dictionary<string, string>
        {
            ["about"] = Warning,
            ["format"] = Format,
            ["holder"] = stamp.Owner,
            ["epoch"] = stamp.ClaimNumber.ToString(CultureInfo.InvariantCulture),
            ["write"] = stamp.Write,
        };
        if (stamp.Node.Length > 0) texts["node"] = stamp.Node;
        var parts = new Dictionary<string, byte[]> { [EventsPart] = Events(record), [SnapshotsPart] = Snapshots(record) };
        texts["checksum"] = Checksum(texts, parts);
        return new LedgerContent(texts, parts);
    }

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="InvalidDataException">The content is no ledger; the message says why.</exception>
    public static DecodedLedger Decode(LedgerContent content)
    {
        string Text(string key) => content.Texts.TryGetValue(key, out var text) ? text : throw new InvalidDataException($"it has no \"{key}\"");
        byte[] Part(string key) => content.Parts.TryGetValue(key, out var part) ? part : throw new InvalidDataException($"it has no \"{key}\"");

        if (Text("format") is var format && format != Format) throw new InvalidDataException($"its format is \"{format}\", this version reads \"{Format}\"");
        if (Text("checksum") != Checksum(content.Texts, content.Parts)) throw new InvalidDataException("its checksum is wrong: it was changed by something else");
        var stamp = new LedgerStamp(Text("holder"), long.Parse(Text("epoch"), CultureInfo.InvariantCulture), Text("write"), content.Texts.GetValueOrDefault("node", ""));
        var record = Record(Part(EventsPart)) with { Snapshots = Snapshots(Part(SnapshotsPart)) };
        return new DecodedLedger(stamp, record);
    }

    /// <summary>Compresses.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> bytes, CompressionLevel level)
    {
        using var packed = new MemoryStream();
        using (var packing = new BrotliStream(packed, level)) packing.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>Undoes <see cref="Pack"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes were not made by <see cref="Pack"/>.</exception>
    public static byte[] Unpack(byte[] packed)
    {
        using var bytes = new MemoryStream();
        using (var unpacking = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress)) unpacking.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static byte[] Events(LedgerRecord record)
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write7BitEncodedInt64(record.Highest);
            writer.Write7BitEncodedInt(record.Events.Count);
            foreach (var stored in record.Events)
            {
                writer.Write7BitEncodedInt64(stored.SequenceNr);
                writer.Write(stored.Timestamp);
                writer.Write(stored.Writer);
                writer.Write(stored.Manifest);
                Write(writer, stored.Payload);
            }
        }

        return Pack(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), CompressionLevel.Fastest);
    }

    private static LedgerRecord Record(byte[] part)
    {
        using var reader = new BinaryReader(new MemoryStream(Unpack(part)), Encoding.UTF8);
        var (highest, count) = (reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt());
        var events = ImmutableList.CreateBuilder<StoredEvent>();
        for (var i = 0; i < count; i++)
            events.Add(new StoredEvent(reader.Read7BitEncodedInt64(), reader.ReadInt64(), reader.ReadString(), reader.ReadString(), Payload(reader)));
        return new LedgerRecord(highest, events.ToImmutable(), []);
    }

    private static byte[] Snapshots(LedgerRecord record)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write7BitEncodedInt(record.Snapshots.Count);
        foreach (var snapshot in record.Snapshots)
        {
            writer.Write7BitEncodedInt64(snapshot.SequenceNr);
            writer.Write(snapshot.Timestamp.Ticks);
            Write(writer, snapshot.Payload);
        }

        writer.Flush();
        return bytes.ToArray();
    }

    private static ImmutableList<StoredSnapshot> Snapshots(byte[] part)
    {
        using var reader = new BinaryReader(new MemoryStream(part), Encoding.UTF8);
        var snapshots = ImmutableList.CreateBuilder<StoredSnapshot>();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
            snapshots.Add(new StoredSnapshot(reader.Read7BitEncodedInt64(), new DateTime(reader.ReadInt64(), DateTimeKind.Utc), Payload(reader)));
        return snapshots.ToImmutable();
    }

    private static void Write(BinaryWriter writer, StoredPayload payload)
    {
        writer.Write7BitEncodedInt(payload.Serializer);
        writer.Write(payload.Manifest);
        writer.Write7BitEncodedInt(payload.Bytes.Length);
        writer.Write(payload.Bytes);
    }

    private static StoredPayload Payload(BinaryReader reader) =>
        new(reader.Read7BitEncodedInt(), reader.ReadString(), reader.ReadBytes(reader.Read7BitEncodedInt()));

    // Everything but itself, each with its name and length, in one order.
    private static string Checksum(IReadOnlyDictionary<string, string> texts, IReadOnlyDictionary<string, byte[]> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string key, byte[] value)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{key}\n{value.Length}\n")));
            hash.AppendData(value);
        }

        foreach (var key in texts.Keys.Where(key => key != "checksum").Order(StringComparer.Ordinal)) Add(key, Encoding.UTF8.GetBytes(texts[key]));
        foreach (var key in parts.Keys.Order(StringComparer.Ordinal)) Add(key, parts[key]);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
