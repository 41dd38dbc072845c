using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Sandbox.Vault;

/// <summary>The options of a <see cref="SimulatedVault"/>.</summary>
public sealed record SimulatedVaultOptions
{
    /// <summary>The end point to listen on. Port 0 takes a free port, which then stays the same.</summary>
    public IPEndPoint EndPoint { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>The certificate for HTTPS; null: plain HTTP.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The authorities that are sent with <see cref="Certificate"/>, its issuer first, without the root.</summary>
    public X509Certificate2Collection? CertificateChain { get; init; }

    /// <summary>
    /// The namespace that contains everything, as in Vault Enterprise and OpenBao. Requests must name it, in <c>X-Vault-Namespace</c> or
    /// at the start of the path. Null: everything is in the root namespace, and the header is ignored, as in Vault's community edition.
    /// </summary>
    public string? Namespace { get; init; }

    /// <summary>The root token; null: a random one.</summary>
    public string? RootToken { get; init; }

    /// <summary>The clock for all lifetimes: of tokens, secret_ids, wrapping tokens, certificates and quotas.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How many requests <see cref="SimulatedVault.Audit"/> keeps. It drops the oldest first.</summary>
    public int AuditCapacity { get; init; } = 100_000;

    /// <summary>Adds log providers for the HTTP server; null: it logs nothing.</summary>
    public Action<ILoggingBuilder>? ConfigureLogging { get; init; }

    /// <summary>Leaves the root token out.</summary>
    public override string ToString() => $"SimulatedVaultOptions {{ EndPoint = {EndPoint}, Https = {Certificate is not null} }}";
}
