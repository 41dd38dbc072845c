using System.Security.Cryptography;
using System.Text;

namespace AkkaVault.InitContainer;

/// <summary>
/// The wrapping tokens that this program has unwrapped, or may have unwrapped because Vault did not answer. If Vault does not know one of
/// them, that is no sign of theft. Safe to use from any thread.
/// </summary>
internal sealed class UsedTokens
{
    /// <summary>The most that are remembered, the newest ones: strangers with a Vault of their own can add some.</summary>
    private const int Kept = 1024;

    private readonly Lock _gate = new();

    // Hashes, because a token may be as long as a body.
    private readonly Queue<string> _digests = new();

    /// <summary>Adds a token.</summary>
    public void Add(string token)
    {
        var digest = DigestOf(token);
        lock (_gate)
        {
            _digests.Enqueue(digest);
            if (_digests.Count > Kept) _digests.Dequeue();
        }
    }

    /// <summary>Whether a token was added.</summary>
    public bool Has(string token)
    {
        var digest = DigestOf(token);
        lock (_gate) return _digests.Contains(digest);
    }

    private static string DigestOf(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
