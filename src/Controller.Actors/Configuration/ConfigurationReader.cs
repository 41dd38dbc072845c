using System.Net;
using System.Text.RegularExpressions;
using AkkaVault.Controller.Kubernetes;
using AkkaVault.Shared;

namespace AkkaVault.Controller.Configuration;

/// <summary>What reading a configuration led to.</summary>
/// <param name="Configuration">The configuration, when there is no problem.</param>
/// <param name="Problems">Everything that is wrong, each naming its key, the value and what was expected. Never quotes a token.</param>
/// <param name="Warnings">What is odd and does not stop anything.</param>
public sealed record ConfigurationResult(
    ControllerConfiguration? Configuration, IReadOnlyList<string> Problems, IReadOnlyList<string> Warnings);

/// <summary>Reads and validates <c>kubernetes-vault.yml</c>; the keys are the original's, with a few of ours.</summary>
public sealed class ConfigurationReader
{
    private static readonly string[] KnownKeys =
    [
        "raftDir", "dataDir", "vault.addr", "vault.token", "vault.skipTokenRoleNameValidation", "vault.tls.vaultCABackends",
        "vault.tls.caCert", "vault.wrappingTTL", "kubernetes.watchNamespace", "kubernetes.serviceNamespace", "kubernetes.service",
        "kubernetes.labelSelector", "prometheus.tls.vaultCertBackend", "prometheus.tls.vaultCertRole",
        "prometheus.tls.vaultCABackends", "prometheus.tls.certFile", "prometheus.tls.certKey", "prometheus.tls.caCert",
        "state.store", "metrics.address",
    ];

    private readonly List<string> _problems = [];
    private readonly YamlSettings _yaml;

    private ConfigurationReader(string yaml, Func<string, string?> variable) => _yaml = YamlSettings.Parse(yaml, variable, _problems);

    /// <summary>Reads a configuration.</summary>
    /// <param name="yaml">The file's text.</param>
    /// <param name="variable">The value of an environment variable, or null.</param>
    public static ConfigurationResult Read(string yaml, Func<string, string?> variable) => new ConfigurationReader(yaml, variable).Read();

    private ConfigurationResult Read()
    {
        // Nothing that follows can be trusted when the file itself cannot be read.
        if (_problems.Count > 0) return new ConfigurationResult(null, _problems, []);

        var metrics = Metrics();
        var dataDir = DataDir();
        var store = _yaml.Scalar("state.store") ?? "sqlite";
        if (store != "sqlite") Problem("state.store", store, "sqlite");
        var address = Required("vault.addr");
        var token = Required("vault.token");
        var uri = Url("vault.addr", address);
        var skip = Bool("vault.skipTokenRoleNameValidation");
        var wrappingTtl = WrappingTtl();
        var caCert = VaultCa();
        var scope = Scope(Required("kubernetes.watchNamespace"));
        var serviceNamespace = Required("kubernetes.serviceNamespace");
        var service = Required("kubernetes.service");
        var warnings = _yaml.Keys.Where(key => !KnownKeys.Contains(key, StringComparer.OrdinalIgnoreCase))
            .Select(key => $"{key}: unknown key, ignored; did you mean {Nearest(key)}?").ToList();
        return _problems.Count > 0
            ? new ConfigurationResult(null, _problems, warnings)
            : new ConfigurationResult(
                new ControllerConfiguration(
                    dataDir,
                    new VaultSettings(uri!, address!, token!, skip, caCert, wrappingTtl),
                    new KubernetesSettings(scope!, serviceNamespace!, service!, _yaml.Scalar("kubernetes.labelSelector")),
                    metrics),
                [],
                warnings);
    }

    private string DataDir()
    {
        var (raftDir, dataDir) = (_yaml.Scalar("raftDir"), _yaml.Scalar("dataDir"));
        if (raftDir is not null && dataDir is not null && raftDir != dataDir)
            _problems.Add($"dataDir: is \"{dataDir}\" while raftDir is \"{raftDir}\"; they are two names of one setting, expected only one of them");
        return dataDir ?? raftDir ?? "/var/lib/kubernetes-vault/";
    }

    private TimeSpan WrappingTtl()
    {
        var text = _yaml.Scalar("vault.wrappingTTL") ?? "60s";
        // Vault takes plain numbers as seconds, and so did the original.
        var written = long.TryParse(text, out _) ? text + "s" : text;
        if (!GoDuration.TryParse(written, out var ttl, out var error)) _problems.Add($"vault.wrappingTTL: \"{text}\": {error}");
        else if (ttl < TimeSpan.FromSeconds(1)) Problem("vault.wrappingTTL", text, "at least 1s");
        return ttl;
    }

    private string? VaultCa()
    {
        var caCert = _yaml.Scalar("vault.tls.caCert");
        var backends = _yaml.List("vault.tls.vaultCABackends");
        if (caCert is not null && backends.Count > 0)
            _problems.Add("vault.tls.caCert, vault.tls.vaultCABackends: both are set; expected one of them: either a CA file or Vault PKI backends verify Vault's certificate");
        else if (backends.Count > 0)
            NotYet("vault.tls.vaultCABackends", "vault.tls.caCert with the same certificates in a file");
        return File("vault.tls.caCert", caCert);
    }

    private MetricsSettings Metrics()
    {
        string? Tls(string key) => _yaml.Scalar($"prometheus.tls.{key}");
        var (backend, role) = (Tls("vaultCertBackend"), Tls("vaultCertRole"));
        var (certFile, certKey, caCert) = (Tls("certFile"), Tls("certKey"), Tls("caCert"));
        var caBackends = _yaml.List("prometheus.tls.vaultCABackends");
        var (fromVault, fromFiles) = (backend is not null || role is not null, certFile is not null || certKey is not null);
        if (fromVault && fromFiles)
            _problems.Add("prometheus.tls: certFile/certKey and vaultCertBackend/vaultCertRole are both set; expected one pair: the certificate comes from files or from Vault");
        if (backend is null != role is null)
            _problems.Add($"prometheus.tls.{(backend is null ? "vaultCertBackend" : "vaultCertRole")}: is missing; vaultCertBackend and vaultCertRole go together");
        if (certFile is null != certKey is null)
            _problems.Add($"prometheus.tls.{(certFile is null ? "certFile" : "certKey")}: is missing; certFile and certKey go together");
        if (caCert is not null && caBackends.Count > 0)
            _problems.Add("prometheus.tls.caCert, prometheus.tls.vaultCABackends: both are set; expected one of them");
        if ((caCert is not null || caBackends.Count > 0) && !fromVault && !fromFiles)
            _problems.Add("prometheus.tls: client CAs (caCert, vaultCABackends) are set without a server certificate; expected certFile and certKey, or vaultCertBackend and vaultCertRole");
        if (backend is not null && role is not null) NotYet("prometheus.tls.vaultCertBackend", "prometheus.tls.certFile and prometheus.tls.certKey");
        if (caBackends.Count > 0) NotYet("prometheus.tls.vaultCABackends", "prometheus.tls.caCert");

        var address = _yaml.Scalar("metrics.address") ?? (fromVault || fromFiles ? "0.0.0.0:443" : "0.0.0.0:80");
        if (!IPEndPoint.TryParse(address, out var endpoint) || !HasPort(address)) Problem("metrics.address", address, "an IP address with a port, such as 0.0.0.0:80 or [::]:9102");
        return new MetricsSettings(
            endpoint ?? new IPEndPoint(IPAddress.Any, 80),
            File("prometheus.tls.certFile", certFile), File("prometheus.tls.certKey", certKey), File("prometheus.tls.caCert", caCert));
    }

    private WatchScope? Scope(string? text)
    {
        if (text is null) return null;
        try
        {
            return WatchScope.Parse(text);
        }
        catch (RegexParseException e)
        {
            Problem("kubernetes.watchNamespace", text, $"a namespace, or ~ and a regular expression ({e.Message})");
            return null;
        }
    }

    private string? Required(string key)
    {
        var value = _yaml.Scalar(key);
        if (value is null) _problems.Add($"{key}: is missing or empty; it is required");
        return value;
    }

    private Uri? Url(string key, string? text)
    {
        if (text is null) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") return uri;
        Problem(key, text, "an absolute http or https URL such as https://vault:8200");
        return null;
    }

    private bool Bool(string key)
    {
        var text = _yaml.Scalar(key) ?? "false";
        if (!bool.TryParse(text, out var value)) Problem(key, text, "true or false");
        return value;
    }

    private string? File(string key, string? path)
    {
        if (path is not null && !System.IO.File.Exists(path)) Problem(key, path, "a file that exists");
        return path;
    }

    private void Problem(string key, string value, string expected) => _problems.Add($"{key}: \"{value}\": expected {expected}");

    private void NotYet(string key, string instead) =>
        _problems.Add($"{key}: is valid and not implemented in this version; expected {instead}");

    private static bool HasPort(string address) =>
        address.LastIndexOf(':') is var colon and >= 0 && ushort.TryParse(address.AsSpan(colon + 1), out _) && (address.Count(c => c == ':') == 1 || address.Contains("]:"));

    private static string Nearest(string key) => KnownKeys.MinBy(known => Distance(known.ToLowerInvariant(), key.ToLowerInvariant()))!;

    /// <summary>Levenshtein's edit distance.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
