using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>The signature algorithms of <see cref="ServiceAccountTokens"/> (RFC 7518, section 3.1).</summary>
public enum ServiceAccountSignature
{
    /// <summary>ECDSA on P-256 with SHA-256.</summary>
    ES256,

    /// <summary>RSA PKCS #1 with SHA-256, as API servers sign by default.</summary>
    RS256,
}

/// <summary>
/// Signs tokens of service accounts as an API server does, with its own key. A Kubernetes
/// auth method that has <see cref="PublicKeyPem"/> accepts them. This class is thread-safe.
/// </summary>
public sealed class ServiceAccountTokens : IDisposable
{
    private readonly AsymmetricAlgorithm key;
    private readonly TimeProvider time;
    private readonly ConcurrentQueue<string> signed = new();
    private readonly Lock gate = new();

    /// <param name="time">The clock for the start of tokens; null: the system's.</param>
    /// <param name="signature">The signature algorithm.</param>
    public ServiceAccountTokens(TimeProvider? time = null, ServiceAccountSignature signature = ServiceAccountSignature.ES256)
    {
        this.time = time ?? TimeProvider.System;
        key = signature == ServiceAccountSignature.RS256 ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        PublicKeyPem = key.ExportSubjectPublicKeyInfoPem();
    }

    /// <summary>The <c>iss</c> claim.</summary>
    public string Issuer { get; init; } = "https://kubernetes.default.svc.cluster.local";

    /// <summary>The public key that verifies the signatures, for <c>pem_keys</c>.</summary>
    public string PublicKeyPem { get; }

    /// <summary>Every token that was signed so far. The tokens are secrets; a test can search logs for them.</summary>
    public IReadOnlyCollection<string> Signed => signed;

    /// <summary>Signs a projected token.</summary>
    /// <param name="ns">The service account's namespace.</param>
    /// <param name="name">The service account's name.</param>
    /// <param name="lifetime">The lifetime from now; null: an hour. With a negative lifetime the token has already expired.</param>
    /// <param name="audiences">The <c>aud</c> claim; null: the issuer.</param>
    /// <param name="uid">The service account's uid; null: a uid that is computed from namespace and name.</param>
    /// <returns>The token. A secret.</returns>
    public string Sign(string ns, string name, TimeSpan? lifetime = null, IReadOnlyList<string>? audiences = null, string? uid = null)
    {
        var now = time.GetUtcNow();
        var claims = new JsonObject
        {
            ["aud"] = Json.List(audiences ?? [Issuer]),
            ["exp"] = (now + (lifetime ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["iss"] = Issuer,
            ["kubernetes.io"] = new JsonObject
            {
                ["namespace"] = ns,
                ["serviceaccount"] = new JsonObject { ["name"] = name, ["uid"] = uid ?? UidOf(ns, name) },
            },
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["sub"] = $"system:serviceaccount:{ns}:{name}",
        };
        var text = $"{Encoded(new JsonObject { ["alg"] = key is RSA ? "RS256" : "ES256" })}.{Encoded(claims)}";
        var token = $"{text}.{Base64Url.EncodeToString(Signature(Encoding.ASCII.GetBytes(text)))}";
        signed.Enqueue(token);
        return token;
    }

    /// <summary>Disposes of the private key.</summary>
    public void Dispose() => key.Dispose();

    private byte[] Signature(byte[] data)
    {
        lock (gate)
        {
            return key switch
            {
                RSA rsa => rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
                ECDsa ec => ec.SignData(data, HashAlgorithmName.SHA256),
                _ => throw new InvalidOperationException("Neither RSA nor EC."),
            };
        }
    }

    private static string UidOf(string ns, string name) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{ns}/{name}")).AsSpan(0, 16)).ToString();

    private static string Encoded(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
