using System.Security.Authentication;

namespace AkkaVault.Shared.Vault;

/// <summary>Vault's certificate is not trusted. Told from other failures of TLS by its type.</summary>
/// <param name="message">Which certificate, and why.</param>
public sealed class UntrustedCertificateException(string message) : AuthenticationException(message);
