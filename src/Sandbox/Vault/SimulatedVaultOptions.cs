using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Sandbox.Vault;

/// <summary>How a <see cref="SimulatedVault"/> starts.</summary>
public sealed record SimulatedVaultOptions
{
    /// <summary>Where it listens; port 0 takes a free port, which then stays the same for the vault's life.</summary>
    public IPEndPoint EndPoint { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>The certificate to serve HTTPS with; null: plain HTTP.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The authorities that are sent along with <see cref="Certificate"/>, its issuer first, the root left out.</summary>
    public X509Certificate2Collection? CertificateChain { get; init; }

    /// <summary>
    /// The namespace that everything is in, as in Vault Enterprise and OpenBao: requests must name it, in <c>X-Vault-Namespace</c>
    /// or in front of the path. Null: all is in the root namespace, and the header counts for nothing, as in Vault's community edition.
    /// </summary>
    public string? Namespace { get; init; }

    /// <summary>The root token; null: a random one.</summary>
    public string? RootToken { get; init; }

    /// <summary>The clock of every lifetime: tokens, secret_ids, wrapping tokens, certificates, quotas.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How many requests <see cref="SimulatedVault.Audit"/> remembers; the oldest are forgotten first.</summary>
    public int AuditCapacity { get; init; } = 100_000;

    /// <summary>Adds log providers for the HTTP server; null: it logs nothing.</summary>
    public Action<ILoggingBuilder>? ConfigureLogging { get; init; }

    /// <summary>Without the root token.</summary>
    public override string ToString() => $"SimulatedVaultOptions {{ EndPoint = {EndPoint}, Https = {Certificate is not null} }}";
}
