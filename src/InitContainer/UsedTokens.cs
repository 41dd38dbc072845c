using System.Security.Cryptography;
using System.Text;

namespace AkkaVault.InitContainer;

/// <summary>
/// Wrapping tokens that were unwrapped here, or may have been: Vault did not answer, or something went wrong afterwards. That
/// one of them is invalid then is no sign of theft. Safe to use from any thread.
/// </summary>
internal sealed class UsedTokens
{
    /// <summary>The newest are kept: strangers can add to them, by a Vault of their own.</summary>
    private const int Kept = 1024;

    private readonly Lock _gate = new();

    // Digests: a token may be as long as a body.
    private readonly Queue<string> _digests = new();

    /// <summary>Notes one.</summary>
    public void Add(string token)
    {
        var digest = DigestOf(token);
        lock (_gate)
        {
            _digests.Enqueue(digest);
            if (_digests.Count > Kept) _digests.Dequeue();
        }
    }

    /// <summary>Whether it is one of them.</summary>
    public bool Has(string token)
    {
        var digest = DigestOf(token);
        lock (_gate) return _digests.Contains(digest);
    }

    private static string DigestOf(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
