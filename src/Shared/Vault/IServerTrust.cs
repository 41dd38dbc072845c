using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Shared.Certificates;

namespace AkkaVault.Shared.Vault;

/// <summary>Decides whether Vault's certificate is trusted. It is called at each handshake, on any thread.</summary>
public interface IServerTrust
{
    /// <summary>Why the certificate is not trusted, for people; null if it is trusted.</summary>
    /// <param name="presented">The server's certificate.</param>
    /// <param name="others">The certificates that were presented with it.</param>
    /// <param name="errors">.NET's result with the system's roots. Its check of the host name does not depend on the roots.</param>
    string? WhyNot(X509Certificate2 presented, X509Certificate2Collection others, SslPolicyErrors errors);
}

/// <summary>Trusts the system's root certificates.</summary>
public sealed class SystemTrust : IServerTrust
{
    /// <inheritdoc/>
    public string? WhyNot(X509Certificate2 presented, X509Certificate2Collection others, SslPolicyErrors errors) => errors switch
    {
        SslPolicyErrors.None => null,
        _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) => AnchoredTrust.NameMismatch,
        // .NET has tried only one path, and another one may be valid.
        _ when ChainsToARoot(presented, others) => null,
        _ => "it does not chain to a root certificate of the system, or is not valid now",
    };

    private static bool ChainsToARoot(X509Certificate2 presented, X509Certificate2Collection others)
    {
        var roots = new X509Certificate2Collection();
        try
        {
            foreach (var location in (StoreLocation[])[StoreLocation.LocalMachine, StoreLocation.CurrentUser])
            {
                using var store = new X509Store(StoreName.Root, location, OpenFlags.ReadOnly);
                roots.AddRange(store.Certificates);
            }

            return TrustAnchors.WhyNotTrusted(presented, others, roots, TrustAnchors.ServerAuthentication) is null;
        }
        finally
        {
            foreach (var root in roots) root.Dispose();
        }
    }
}

/// <summary>Trusts a bundle, and nothing else.</summary>
/// <param name="anchors">The certificates of the bundle.</param>
public sealed class AnchoredTrust(X509Certificate2Collection anchors) : IServerTrust
{
    internal const string NameMismatch = "it is not for the host name in Vault's address";

    /// <inheritdoc/>
    public string? WhyNot(X509Certificate2 presented, X509Certificate2Collection others, SslPolicyErrors errors) =>
        errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? NameMismatch
            : TrustAnchors.WhyNotTrusted(presented, others, anchors, TrustAnchors.ServerAuthentication);
}
