using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Creates every secret that the simulated Vault issues. It keeps them all, so that a test can search logs for them.</summary>
internal sealed class SecretSource
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private readonly ConcurrentQueue<string> handedOut = new();

    public IReadOnlyCollection<string> HandedOut => handedOut;

    /// <summary>A service token: <c>s.</c> and 24 letters and digits.</summary>
    public string ServiceToken() => Remember("s." + Accessor());

    /// <summary>A batch token: <c>b.</c> and the base64url of that many bytes (<see cref="BatchTokens.Length"/>).</summary>
    public string BatchToken(int bytes) =>
        Remember("b." + Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_'));

    public string SecretId() => Remember(Guid.NewGuid().ToString());

    public string Remember(string secret)
    {
        handedOut.Enqueue(secret);
        return secret;
    }

    /// <summary>24 letters and digits. An accessor is not a secret, so it is not kept.</summary>
    public static string Accessor() => RandomNumberGenerator.GetString(Letters, 24);
}
