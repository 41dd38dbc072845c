using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace AkkaVault.Controller.Watching;

/// <summary>Newline-delimited text, as a watch sends it.</summary>
internal static class Lines
{
    /// <summary>The lines of a stream as they arrive, without their ends; each is valid until the next is asked for. A last line without an end was cut off, and is left out.</summary>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        while (true)
        {
            var read = await reader.ReadAsync(cancellation).ConfigureAwait(false);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                if (!line.IsEmpty) yield return line.IsSingleSegment ? line.First : line.ToArray();
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted) break;
        }

        await reader.CompleteAsync().ConfigureAwait(false);
    }
}
