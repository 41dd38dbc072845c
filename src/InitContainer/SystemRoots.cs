using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AkkaVault.Shared;

namespace AkkaVault.InitContainer;

/// <summary>
/// The root certificates of the system, loaded only when they are needed. As soon as .NET serves TLS, it would load all of them to look for
/// issuers of its own certificate. That would cost 50 ms and more at every start.
/// </summary>
/// <param name="file">The user's <c>SSL_CERT_FILE</c>.</param>
/// <param name="directories">The user's <c>SSL_CERT_DIR</c>, separated by colons.</param>
internal sealed class SystemRoots(string? file, string? directories)
{
    private const string Nowhere = "/nonexistent";

    // The bundles of Debian, Alpine and Arch; Fedora and RHEL; SUSE; Alpine and others.
    private static readonly string[] s_bundles =
    [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
    ];

    /// <summary>Remembers what the user has set, and keeps .NET from loading the certificates. Must be called before the first use of TLS.</summary>
    public static SystemRoots Postpone()
    {
        var roots = new SystemRoots(
            SettingText.Trim(Environment.GetEnvironmentVariable("SSL_CERT_FILE") ?? ""), SettingText.Trim(Environment.GetEnvironmentVariable("SSL_CERT_DIR") ?? ""));
        NativeEnvironment.Set("SSL_CERT_FILE", Nowhere);
        NativeEnvironment.Set("SSL_CERT_DIR", Nowhere);
        return roots;
    }

    private readonly Lazy<X509Certificate2Collection> _all = new(() => Load(file, directories));

    /// <summary>All root certificates; they are read once. Files without a certificate are skipped. If there is none at all, nothing is trusted.</summary>
    public X509Certificate2Collection All => _all.Value;

    private static X509Certificate2Collection Load(string? file, string? directories)
    {
        var roots = new X509Certificate2Collection();
        foreach (var candidate in Candidates(file, directories)) TryImport(roots, candidate);
        return roots;
    }

    private static IEnumerable<string> Candidates(string? file, string? directories)
    {
        var asked = (directories ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Where(Directory.Exists).SelectMany(Directory.EnumerateFiles);
        if (!string.IsNullOrEmpty(file)) return asked.Prepend(file);
        return !string.IsNullOrEmpty(directories) ? asked : s_bundles.Where(File.Exists).Take(1);
    }

    private static void TryImport(X509Certificate2Collection roots, string file)
    {
        try
        {
            roots.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            // Such a folder also has other files. A missing certificate shows as an untrusted Vault.
            return;
        }
    }
}
