using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>One mount of the PKI secrets engine, with real keys and certificates. <see cref="PkiIssue"/> issues leaf certificates.</summary>
internal sealed class PkiBackend(string mount, SecretSource secrets, TimeProvider time, TimeSpan maxLeaseTtl) : ISecretsEngine
{
    private readonly ConcurrentDictionary<string, PkiRole> roles = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, X509Certificate2> issued = new(StringComparer.Ordinal);
    private volatile Authority? authority;
    private volatile AsymmetricAlgorithm? pendingKey;

    /// <inheritdoc/>
    public string Type => "pki";

    /// <inheritdoc/>
    public bool IsOpen(VaultRequest request, ReadOnlySpan<string> rest) =>
        request.Reads && rest is ["ca"] or ["ca", "pem"] or ["ca_chain"] or ["cert", _];

    /// <inheritdoc/>
    public bool NeedsSudo(ReadOnlySpan<string> rest) => rest is ["root"];

    /// <inheritdoc/>
    public VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> rest, TokenEntry? caller)
    {
        if (rest is ["roles" or "issue", var named, ..]) GenericName.Require(named);
        return Routed(request, rest);
    }

    private VaultAnswer Routed(VaultRequest request, ReadOnlySpan<string> rest) => rest switch
    {
        ["ca"] when request.Reads => Certificate(authority?.Certificate.RawData),
        ["ca", "pem"] when request.Reads => Certificate(authority is { } ca ? Ascii(ca.Certificate) : null),
        ["ca_chain"] when request.Reads => Certificate(authority is { } ca ? Ascii(ca.Chain) : null),
        ["cert", var name] when request.Reads => Read(name),
        ["certs"] when request.Lists => VaultAnswer.Keys(issued.Keys.Order(StringComparer.Ordinal)),
        ["roles"] when request.Lists => VaultAnswer.Keys(roles.Keys.Order(StringComparer.Ordinal)),
        ["roles", var name] => Role(request, name),
        ["root"] when request.Deletes => DeleteRoot(),
        ["root", "generate", var exported] when request.Writes => GenerateRoot(request.Data, Exported(exported)),
        ["root", "sign-intermediate"] when request.Writes => SignIntermediate(request.Data),
        ["intermediate", "generate", var exported] when request.Writes => GenerateIntermediate(request.Data, Exported(exported)),
        ["intermediate", "set-signed"] when request.Writes => SetSigned(request.Data),
        ["issue", var name] when request.Writes => Issue(request.Data, name),
        ["root" or "intermediate" or "issue" or "ca" or "cert", ..] => throw VaultRefusal.UnsupportedOperation,
        _ => throw VaultRefusal.UnsupportedPath,
    };

    private VaultAnswer Role(VaultRequest request, string name)
    {
        if (request.Reads) return VaultAnswer.OfData((roles.GetValueOrDefault(name) ?? throw VaultRefusal.NotFound).ToData());
        if (request.Deletes) roles.TryRemove(name, out _);
        else if (request.Writes) roles[name] = PkiRole.Of(request.Data);
        else throw VaultRefusal.UnsupportedOperation;
        return VaultAnswer.NoContent;
    }

    private VaultAnswer Read(string name)
    {
        var pem = name switch
        {
            "ca" => authority?.Certificate.ExportCertificatePem(),
            "ca_chain" => authority is { Chain.Count: > 0 } ca ? string.Join('\n', ca.Chain) : null,
            _ => issued.GetValueOrDefault(name.Replace('-', ':'))?.ExportCertificatePem(),
        };
        return pem is null ? throw VaultRefusal.NotFound : VaultAnswer.OfData(new JsonObject { ["certificate"] = pem, ["revocation_time"] = 0 });
    }

    private VaultAnswer GenerateRoot(RequestData data, bool exported)
    {
        var now = time.GetUtcNow();
        if (authority is not null)
            return new VaultAnswer { Warnings = [$"Refusing to generate a root certificate over an existing root certificate. If you really want to destroy the original root certificate, please issue a delete against {mount}/root."] };
        var key = PkiCertificates.NewKey(data.Text("key_type") ?? "rsa", data.Number("key_bits") ?? 0);
        var request = PkiCertificates.Request(Subject(data), key);
        PkiCertificates.AddAuthorityExtensions(request);
        var certificate = PkiCertificates.Sign(request, null, key, now, now + Limited(data.Span("ttl"), maxLeaseTtl));
        authority = new Authority(certificate, key, []);
        Remember(certificate);
        return VaultAnswer.OfData(WithKey(Described(certificate, certificate), key, exported));
    }

    /// <summary>Deletes the mount's authority, root or intermediate. The list of certificates that the authority issued stays.</summary>
    private VaultAnswer DeleteRoot()
    {
        authority = null;
        return VaultAnswer.NoContent;
    }

    private VaultAnswer GenerateIntermediate(RequestData data, bool exported)
    {
        var key = PkiCertificates.NewKey(data.Text("key_type") ?? "rsa", data.Number("key_bits") ?? 0);
        var csr = PkiCertificates.Request(Subject(data), key).CreateSigningRequestPem();
        pendingKey = key;
        return VaultAnswer.OfData(WithKey(new JsonObject { ["csr"] = csr }, key, exported));
    }

    private VaultAnswer SignIntermediate(RequestData data)
    {
        var ca = Ready();
        CertificateRequest csr;
        try
        {
            csr = CertificateRequest.LoadSigningRequestPem(data.Text("csr") ?? "", HashAlgorithmName.SHA256);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new VaultRefusal(400, "csr contains no data");
        }

        var now = time.GetUtcNow();
        var notAfter = now + Limited(data.Span("ttl"), maxLeaseTtl);
        if (notAfter > ca.Certificate.NotAfter)
            throw new VaultRefusal(400, $"cannot satisfy request, as TTL would result in notAfter {Json.Time(notAfter)} that is beyond the expiration of the CA certificate at {Json.Time(ca.Certificate.NotAfter)}");
        var subject = data.Flag("use_csr_values") ?? false ? csr.SubjectName : Subject(data);
        var request = new CertificateRequest(subject, csr.PublicKey, HashAlgorithmName.SHA256);
        PkiCertificates.AddAuthorityExtensions(request);
        var certificate = PkiCertificates.Sign(request, ca.Certificate, ca.Key, now, notAfter);
        Remember(certificate);
        var described = Described(certificate, ca.Certificate);
        if (ca.Chain.Count > 0) described["ca_chain"] = Json.List(ca.Chain);
        return VaultAnswer.OfData(described);
    }

    private VaultAnswer SetSigned(RequestData data)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(data.Text("certificate") ?? "");
        }
        catch (CryptographicException)
        {
            certificates.Clear();
        }

        if (certificates.Count == 0) throw new VaultRefusal(400, "no data found in PEM block");
        var key = pendingKey ?? throw new VaultRefusal(400, "could not find any existing entry with a private key");
        var own = certificates[0];
        if (!own.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(PublicKeyOf(key)))
            throw new VaultRefusal(500, VaultRefusal.OneError("verification of parsed bundle failed: public key of certificate does not match private key"));
        authority = new Authority(own, key, [.. certificates.Skip(1).Select(other => other.ExportCertificatePem())]);
        Remember(own);
        return VaultAnswer.NoContent;
    }

    private VaultAnswer Issue(RequestData data, string name)
    {
        var role = roles.GetValueOrDefault(name) ?? throw new VaultRefusal(400, $"unknown role: {name}");
        var ca = Ready();
        var leaf = PkiIssue.Make(role, data, ca, time.GetUtcNow(), maxLeaseTtl);
        using var key = leaf.Key;
        Remember(leaf.Certificate);
        var described = Described(leaf.Certificate, ca.Certificate);
        described["private_key"] = secrets.Remember(PkiCertificates.PrivateKeyPem(key));
        described["private_key_type"] = role.KeyType;
        if (ca.Chain.Count > 0) described["ca_chain"] = Json.List(ca.Chain);
        return new VaultAnswer { Data = described, Warnings = leaf.Warnings };
    }

    private void Remember(X509Certificate2 certificate) => issued[PkiCertificates.Serial(certificate)] = certificate;

    private Authority Ready() => authority
        ?? throw new VaultRefusal(400, "backend must be configured with a CA certificate/key");

    private JsonObject WithKey(JsonObject data, AsymmetricAlgorithm key, bool exported)
    {
        if (!exported) return data;
        data["private_key"] = secrets.Remember(PkiCertificates.PrivateKeyPem(key));
        data["private_key_type"] = key is RSA ? "rsa" : "ec";
        return data;
    }

    private static bool Exported(string how) => how switch
    {
        "internal" => false,
        "exported" => true,
        _ => throw VaultRefusal.UnsupportedPath,
    };

    private static TimeSpan Limited(TimeSpan? asked, TimeSpan max)
    {
        var ttl = asked is { Ticks: > 0 } given ? given : TokenBackend.SystemMaxTtl;
        return ttl < max ? ttl : max;
    }

    private static X500DistinguishedName Subject(RequestData data)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(data.Text("common_name") is { Length: > 0 } name ? name : throw new VaultRefusal(400, PkiIssue.CommonNameMissing));
        return builder.Build();
    }

    private static JsonObject Described(X509Certificate2 certificate, X509Certificate2 issuer) => new()
    {
        ["certificate"] = certificate.ExportCertificatePem(),
        ["expiration"] = new DateTimeOffset(certificate.NotAfter).ToUnixTimeSeconds(),
        ["issuing_ca"] = issuer.ExportCertificatePem(),
        ["serial_number"] = PkiCertificates.Serial(certificate),
    };

    private static byte[] PublicKeyOf(AsymmetricAlgorithm key) => key.ExportSubjectPublicKeyInfo();

    private static byte[]? Ascii(IReadOnlyList<string> pems) => pems.Count == 0 ? null : Encoding.ASCII.GetBytes(string.Join('\n', pems));

    private static byte[] Ascii(X509Certificate2 certificate) => Encoding.ASCII.GetBytes(certificate.ExportCertificatePem());

    private static VaultAnswer Certificate(byte[]? body) => body is null
        ? new VaultAnswer { Status = 204, ContentType = "application/pkix-cert" }
        : new VaultAnswer { ContentType = "application/pkix-cert", Raw = body };
}

/// <summary>The certificate authority of a mount.</summary>
/// <param name="Certificate">The authority's certificate, without the key.</param>
/// <param name="Key">The authority's private key.</param>
/// <param name="Above">The certificates of the authorities above it, in PEM, as they were set together with the certificate.</param>
internal sealed record Authority(X509Certificate2 Certificate, AsymmetricAlgorithm Key, IReadOnlyList<string> Above)
{
    /// <summary>
    /// The mount's own certificate and the certificates that were set with it; empty for a root, because clients have the root already.
    /// </summary>
    public IReadOnlyList<string> Chain { get; } =
        Certificate.Subject == Certificate.Issuer ? [] : [Certificate.ExportCertificatePem(), .. Above];

    /// <summary>Leaves the key out.</summary>
    public override string ToString() => $"Authority {{ {Certificate.Subject} }}";
}
