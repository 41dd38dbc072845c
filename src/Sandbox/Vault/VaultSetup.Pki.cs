using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using AkkaVault.Shared;

namespace AkkaVault.Sandbox.Vault;

/// <summary>A certificate that a PKI mount issued.</summary>
/// <param name="Certificate">The certificate, with its private key.</param>
/// <param name="Chain">The authorities to send with the certificate, its issuer first.</param>
public sealed record ServedCertificate(X509Certificate2 Certificate, X509Certificate2Collection Chain)
{
    /// <summary>Shows subject and issuer, and leaves the key out.</summary>
    public override string ToString() => $"ServedCertificate {{ {Certificate.Subject}, issued by {Certificate.Issuer} }}";
}

/// <summary>The PKI part: roots, intermediates and server certificates.</summary>
public sealed partial class VaultSetup
{
    private static readonly TimeSpan RootTtl = TimeSpan.FromHours(87600);
    private static readonly TimeSpan IntermediateTtl = TimeSpan.FromHours(43800);

    /// <summary>Mounts two PKI engines: a self-signed root, and an intermediate that the root signed.</summary>
    /// <param name="rootMount">The path of the root, for example <c>root-ca</c>.</param>
    /// <param name="intermediateMount">The path of the intermediate, for example <c>intermediate-ca</c>.</param>
    /// <returns>The root's certificate, without the key.</returns>
    public X509Certificate2 EnablePki(string rootMount, string intermediateMount)
    {
        Mount(rootMount, RootTtl);
        Mount(intermediateMount, IntermediateTtl);
        var root = GenerateRoot(rootMount);
        SignIntermediate(rootMount, intermediateMount);
        return root;
    }

    /// <summary>Replaces the root of a mount by a new one with a new key. Certificates of the old root do not chain to the new one.</summary>
    /// <returns>The new root's certificate, without the key.</returns>
    public X509Certificate2 RotateRoot(string rootMount)
    {
        Do("DELETE", $"{rootMount}/root", null);
        return GenerateRoot(rootMount);
    }

    /// <summary>Replaces the intermediate of a mount by a new one with a new key. The present root signs it.</summary>
    public void SignIntermediate(string rootMount, string intermediateMount)
    {
        var csr = Text(Do("POST", $"{intermediateMount}/intermediate/generate/internal", new JsonObject
        {
            ["common_name"] = $"{intermediateMount} Intermediate CA",
            ["key_type"] = "ec",
        }), "csr");
        var signed = Text(Do("POST", $"{rootMount}/root/sign-intermediate", new JsonObject
        {
            ["csr"] = csr,
            ["use_csr_values"] = true,
            ["ttl"] = GoDuration.Format(IntermediateTtl),
        }), "certificate");
        Do("POST", $"{intermediateMount}/intermediate/set-signed", new JsonObject { ["certificate"] = signed });
    }

    /// <summary>Creates or changes a role that issues certificates for any name.</summary>
    /// <param name="mount">The PKI mount.</param>
    /// <param name="role">The role.</param>
    /// <param name="maxTtl">The longest lifetime of a certificate; null: 24 hours.</param>
    public void CreatePkiRole(string mount, string role, TimeSpan? maxTtl = null) => Do("POST", $"{mount}/roles/{role}", new JsonObject
    {
        ["allow_any_name"] = true,
        ["max_ttl"] = GoDuration.Format(maxTtl ?? TimeSpan.FromHours(24)),
        ["key_type"] = "ec",
    });

    /// <summary>Issues a server certificate.</summary>
    /// <param name="mount">The PKI mount.</param>
    /// <param name="role">The role. <see cref="CreatePkiRole"/> creates one.</param>
    /// <param name="names">DNS names. The first one is also the common name.</param>
    /// <param name="addresses">IP addresses.</param>
    /// <param name="ttl">The lifetime, at most the role's longest.</param>
    public ServedCertificate IssueServerCertificate(
        string mount, string role, IReadOnlyList<string> names, IReadOnlyList<IPAddress> addresses, TimeSpan ttl)
    {
        var data = Do("POST", $"{mount}/issue/{role}", new JsonObject
        {
            ["common_name"] = names[0],
            ["alt_names"] = string.Join(',', names),
            ["ip_sans"] = string.Join(',', addresses),
            ["ttl"] = GoDuration.Format(ttl),
        }).Data!;
        var chain = new X509Certificate2Collection();
        foreach (var pem in data["ca_chain"]?.AsArray() ?? []) chain.Add(X509Certificate2.CreateFromPem(pem!.GetValue<string>()));
        return new ServedCertificate(
            X509Certificate2.CreateFromPem(data["certificate"]!.GetValue<string>(), data["private_key"]!.GetValue<string>()), chain);
    }

    private void Mount(string path, TimeSpan maxTtl) => Do("POST", $"sys/mounts/{path}", new JsonObject
    {
        ["type"] = "pki",
        ["config"] = new JsonObject { ["max_lease_ttl"] = GoDuration.Format(maxTtl) },
    });

    private X509Certificate2 GenerateRoot(string mount) =>
        X509Certificate2.CreateFromPem(Text(Do("POST", $"{mount}/root/generate/internal", new JsonObject
        {
            ["common_name"] = $"{mount} Root CA",
            ["ttl"] = GoDuration.Format(RootTtl),
            ["key_type"] = "ec",
        }), "certificate"));

    private static string Text(VaultAnswer answer, string field) => answer.Data![field]!.GetValue<string>();
}
