using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;

namespace AkkaVault.InitContainer;

/// <summary>
/// The system's root certificates. .NET reads all of them when the first TLS server starts, tens of milliseconds for nothing:
/// they are needed only when Vault is https and the push brought no CA. So they are hidden from it, and read here when needed.
/// </summary>
public sealed partial class SystemRoots
{
    private static readonly string[] Bundles =
        ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"];

    private readonly string? _file;
    private readonly string? _directory;

    private SystemRoots(string? file, string? directory) => (_file, _directory) = (file, directory);

    /// <summary>Points OpenSSL's variables at nothing and remembers where they pointed. Before any certificate is touched.</summary>
    public static SystemRoots HideFromRuntime()
    {
        var roots = new SystemRoots(Environment.GetEnvironmentVariable("SSL_CERT_FILE"), Environment.GetEnvironmentVariable("SSL_CERT_DIR"));
        // The runtime asks the C library, which does not see what Environment.SetEnvironmentVariable sets.
        SetEnv("SSL_CERT_FILE", "/dev/null", 1);
        SetEnv("SSL_CERT_DIR", "/dev/null", 1);
        return roots;
    }

    /// <summary>Reads them.</summary>
    public X509Certificate2Collection Load()
    {
        var roots = new X509Certificate2Collection();
        var files = _file is not null ? [_file] : _directory is not null ? Directory.EnumerateFiles(_directory) : Bundles.Where(File.Exists).Take(1);
        foreach (var file in files.Where(File.Exists)) roots.ImportFromPemFile(file);
        return roots;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
