using System.Text;

namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// Computes the length of batch tokens. A batch token holds its own data,
/// encrypted. The sizes are those of <c>pb.TokenEntry</c> and of Vault's barrier.
/// </summary>
internal static class BatchTokens
{
    /// <summary>The bytes of key term, version, nonce and tag.</summary>
    private const int Overhead = 4 + 1 + 12 + 16;

    private const int NamespaceId = 3 + 4;
    private const int Type = 3;

    /// <summary>The number of bytes in a token, before they are encoded as text.</summary>
    /// <param name="texts">All texts in the token: parent, path, display name, role, entity and policies. Empty texts need no bytes.</param>
    /// <param name="meta">The token's metadata.</param>
    /// <param name="createdAt">When the token was created.</param>
    /// <param name="ttl">The token's lifetime.</param>
    public static int Length(IEnumerable<string> texts, IReadOnlyDictionary<string, string>? meta, DateTimeOffset createdAt, TimeSpan ttl) =>
        Overhead + NamespaceId + Type
        + texts.Where(text => text.Length > 0).Sum(Field)
        + (meta ?? new Dictionary<string, string>()).Sum(pair => Sized(Field(pair.Key) + Field(pair.Value)))
        + 1 + VarInt(createdAt.ToUnixTimeSeconds())
        + 1 + VarInt(ttl.Ticks * TimeSpan.NanosecondsPerTick);

    private static int Field(string text) => Sized(Encoding.UTF8.GetByteCount(text));

    private static int Sized(int bytes) => 1 + VarInt(bytes) + bytes;

    private static int VarInt(long value)
    {
        var length = 1;
        while ((value >>= 7) > 0) length++;
        return length;
    }
}
