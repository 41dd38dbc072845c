using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Ledger;

/// <summary>A run in 16 bytes: hashes of its pod's uid and of its container.</summary>
/// <param name="Pod">See <see cref="HashOf"/>.</param>
/// <param name="Container">See <see cref="HashOf"/>.</param>
internal readonly record struct RunKey(ulong Pod, ulong Container)
{
    private const string Mark = "sha256:";

    /// <summary>The key of a run.</summary>
    public static RunKey Of(RunId run) => new(HashOf(run.Uid), HashOf(run.Container));

    /// <summary>The first 8 bytes of the SHA-256 of a text, or of the text whose hash <see cref="ToRunId"/> has written.</summary>
    public static ulong HashOf(string text) =>
        text.StartsWith(Mark, StringComparison.Ordinal) && ulong.TryParse(text.AsSpan(Mark.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hash)
            ? hash
            : BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The run's name where only the key is known. Its key is this one.</summary>
    public RunId ToRunId() => new(TextOf(Pod), TextOf(Container));

    private static string TextOf(ulong hash) => string.Create(CultureInfo.InvariantCulture, $"{Mark}{hash:x16}");
}
