using System.Security.Authentication;

namespace AkkaVault.Shared.Vault;

/// <summary>Vault's certificate is not trusted. A type of its own, to distinguish it from other TLS failures.</summary>
/// <param name="message">Which certificate, and why.</param>
public sealed class UntrustedCertificateException(string message) : AuthenticationException(message);
