using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>How <see cref="ServiceAccountTokens"/> sign (RFC 7518, section 3.1).</summary>
public enum ServiceAccountSignature
{
    /// <summary>ECDSA on P-256 with SHA-256.</summary>
    ES256,

    /// <summary>RSA PKCS #1 with SHA-256, as API servers sign by default.</summary>
    RS256,
}

/// <summary>
/// Signs tokens of service accounts as an API server does, with a key of its own; a Kubernetes auth method that holds
/// <see cref="PublicKeyPem"/> believes them. Safe to use from any thread.
/// </summary>
public sealed class ServiceAccountTokens : IDisposable
{
    private readonly AsymmetricAlgorithm key;
    private readonly TimeProvider time;
    private readonly ConcurrentQueue<string> signed = new();
    private readonly Lock gate = new();

    /// <param name="time">The clock that tokens start by; null: the system's.</param>
    /// <param name="signature">How to sign.</param>
    public ServiceAccountTokens(TimeProvider? time = null, ServiceAccountSignature signature = ServiceAccountSignature.ES256)
    {
        this.time = time ?? TimeProvider.System;
        key = signature == ServiceAccountSignature.RS256 ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        PublicKeyPem = key.ExportSubjectPublicKeyInfoPem();
    }

    /// <summary>The <c>iss</c> claim.</summary>
    public string Issuer { get; init; } = "https://kubernetes.default.svc.cluster.local";

    /// <summary>The key that checks the signatures, for <c>pem_keys</c>.</summary>
    public string PublicKeyPem { get; }

    /// <summary>Every token signed so far: secrets, that a test can look for in logs.</summary>
    public IReadOnlyCollection<string> Signed => signed;

    /// <summary>A projected token.</summary>
    /// <param name="ns">The service account's namespace.</param>
    /// <param name="name">The service account.</param>
    /// <param name="lifetime">From now; null: an hour. A negative one ended already.</param>
    /// <param name="audiences">The <c>aud</c> claim; null: the issuer.</param>
    /// <param name="uid">The service account's uid; null: one made of namespace and name, the same each time.</param>
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

    /// <summary>Forgets the private key.</summary>
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
