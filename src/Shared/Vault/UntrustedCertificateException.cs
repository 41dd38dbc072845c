using System.Security.Authentication;

namespace AkkaVault.Shared.Vault;

/// <summary>Vault's certificate is not trusted. The type distinguishes this from other TLS failures.</summary>
/// <param name="message">Which certificate it is, and why it is not trusted.</param>
public sealed class UntrustedCertificateException(string message) : AuthenticationException(message);
