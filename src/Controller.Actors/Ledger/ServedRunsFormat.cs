using System.Buffers.Binary;

namespace AkkaVault.Controller.Ledger;

/// <summary>
/// The stored form of served runs: 20 bytes each, so that a ledger has room for as many as a cluster has pods. That is, big-endian,
/// <see cref="RunKey.Pod"/>, <see cref="RunKey.Container"/>, and <see cref="ServedRun.NextDeliveryAt"/> in seconds since 1970, rounded up; 0: none.
/// </summary>
internal static class ServedRunsFormat
{
    /// <summary>The size of one run.</summary>
    public const int BytesOfRun = 20;

    /// <summary>The stored form; null: there is none.</summary>
    public static byte[]? Write(ServedRuns served)
    {
        if (served.Count == 0) return null;
        var bytes = new byte[served.Count * BytesOfRun];
        var at = 0;
        // In one order, so that the same ledger is stored as the same bytes.
        foreach (var run in served.All.OrderBy(run => run.Key.Pod))
        {
            var part = bytes.AsSpan(at, BytesOfRun);
            BinaryPrimitives.WriteUInt64BigEndian(part, run.Key.Pod);
            BinaryPrimitives.WriteUInt64BigEndian(part[8..], run.Key.Container);
            BinaryPrimitives.WriteUInt32BigEndian(part[16..], SecondsOf(run.NextDeliveryAt));
            at += BytesOfRun;
        }

        return bytes;
    }

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="InvalidDataException">It has another length.</exception>
    public static ServedRuns Read(byte[]? bytes)
    {
        if (bytes is null) return ServedRuns.None;
        if (bytes.Length % BytesOfRun != 0) throw new InvalidDataException($"the served runs take {bytes.Length} bytes, expected a multiple of {BytesOfRun}");
        return ServedRuns.Of(Enumerable.Range(0, bytes.Length / BytesOfRun).Select(i => RunIn(bytes.AsSpan(i * BytesOfRun, BytesOfRun))));
    }

    private static ServedRun RunIn(ReadOnlySpan<byte> part)
    {
        var key = new RunKey(BinaryPrimitives.ReadUInt64BigEndian(part), BinaryPrimitives.ReadUInt64BigEndian(part[8..]));
        var seconds = BinaryPrimitives.ReadUInt32BigEndian(part[16..]);
        return new ServedRun(key, seconds == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(seconds), null, default);
    }

    // Rounded up: a run refuses a delivery that comes too early.
    private static uint SecondsOf(DateTimeOffset? at) =>
        at is { } time ? (uint)Math.Clamp((time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond, 1, uint.MaxValue) : 0;
}
