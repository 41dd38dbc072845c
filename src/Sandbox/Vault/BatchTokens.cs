using System.Text;

namespace AkkaVault.Sandbox.Vault;

/// <summary>How long batch tokens are: they hold what they say, encrypted (the sizes of <c>pb.TokenEntry</c> and of Vault's barrier).</summary>
internal static class BatchTokens
{
    /// <summary>Key term, version, nonce and tag.</summary>
    private const int Overhead = 4 + 1 + 12 + 16;

    private const int NamespaceId = 3 + 4;
    private const int Type = 3;

    /// <summary>Bytes in a token, before they become letters.</summary>
    /// <param name="texts">Every text in it: parent, path, display name, role, entity, policies; empty ones count for nothing.</param>
    /// <param name="meta">Its metadata.</param>
    /// <param name="createdAt">When it is created.</param>
    /// <param name="ttl">Its life.</param>
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
