using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Makes every secret that the simulated Vault hands out, and remembers each, so that a test can look for them in logs.</summary>
internal sealed class SecretSource
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private readonly ConcurrentQueue<string> handedOut = new();

    public IReadOnlyCollection<string> HandedOut => handedOut;

    /// <summary>A service token: <c>s.</c> and 24 letters and digits.</summary>
    public string ServiceToken() => Remember("s." + Accessor());

    /// <summary>A batch token: <c>b.</c> and base64url of so many bytes (<see cref="BatchTokens.Length"/>).</summary>
    public string BatchToken(int bytes) =>
        Remember("b." + Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_'));

    public string SecretId() => Remember(Guid.NewGuid().ToString());

    public string Remember(string secret)
    {
        handedOut.Enqueue(secret);
        return secret;
    }

    /// <summary>24 letters and digits; no secret, so not remembered.</summary>
    public static string Accessor() => RandomNumberGenerator.GetString(Letters, 24);
}
