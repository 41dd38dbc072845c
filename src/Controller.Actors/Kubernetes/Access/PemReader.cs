using System.Security.Cryptography;
using System.Text;

namespace AkkaVault.Controller.Kubernetes.Access;

/// <summary>Pairs of keys such as <c>client-key</c>, the path of a file, and <c>client-key-data</c>, base64 of what would be in it.</summary>
internal static class PemReader
{
    /// <summary>Reads one; null: neither is there, or it is wrong.</summary>
    public static PemSource? Read(YamlSection section, string key, Func<string, string> resolve)
    {
        var (file, data) = (section.Text(key), section.Text($"{key}-data"));
        if (file is not null && data is not null) section.Problem($"{key}-data", $"expected either this or {key}, not both");
        if (file is not null) return PemSource.At(resolve(file));
        if (data is null) return null;
        try
        {
            return PemSource.Of(Encoding.UTF8.GetString(Convert.FromBase64String(data)));
        }
        catch (FormatException)
        {
            section.Problem($"{key}-data", "expected base64 of PEM");
            return null;
        }
    }

    /// <summary>Notes why there are no certificates at a key.</summary>
    public static void CheckCertificates(YamlSection section, string key, PemSource? source) => Check(section, key, source, pem => pem.Certificates(), "expected certificates in PEM");

    /// <summary>Notes why certificate and key cannot be used.</summary>
    public static void CheckIdentity(YamlSection section, string certificateKey, PemSource certificate, string keyKey, PemSource key)
    {
        string? pem = null, keyPem = null;
        Check(section, certificateKey, certificate, source => _ = source.Certificates(), "expected certificates in PEM");
        Check(section, certificateKey, certificate, source => pem = source.Read(), "");
        Check(section, keyKey, key, source => keyPem = source.Read(), "");
        if (pem is not null && keyPem is not null)
            Check(section, keyKey, key, _ => ClientIdentity.Of(pem, keyPem, null), $"expected a key in PEM, the one which belongs to {certificateKey}");
    }

    private static void Check(YamlSection section, string key, PemSource? source, Action<PemSource> use, string expected)
    {
        if (source is null) return;
        var written = source.Path is null ? $"{key}-data" : key;
        try
        {
            use(source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            section.Problem(written, e.Message);
        }
        catch (CryptographicException)
        {
            // Without the cause: it might quote what could not be read.
            section.Problem(written, expected);
        }
    }
}
