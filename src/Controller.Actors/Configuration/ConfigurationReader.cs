using System.Text.RegularExpressions;
using AkkaVault.Shared;
using AkkaVault.Shared.Http;

namespace AkkaVault.Controller.Configuration;

/// <summary>The result of reading a configuration.</summary>
/// <param name="Configuration">The configuration; null if there is a problem.</param>
/// <param name="Problems">All problems. Each names the key, the value and what was expected. No problem quotes a token.</param>
/// <param name="Warnings">What is probably a mistake, but does not keep the controller from starting.</param>
internal sealed record ConfigurationResult(
    ControllerConfiguration? Configuration, IReadOnlyList<string> Problems, IReadOnlyList<string> Warnings);

/// <summary>Reads and validates <c>kubernetes-vault.yml</c>. The file has the original's keys, and some more.</summary>
internal sealed partial class ConfigurationReader
{
    private const string WatchNamespace = "kubernetes.watchNamespace";

    private static readonly string[] WatchedKeys = ["kubernetes", WatchNamespace, "kubernetes.labelSelector"];

    private static readonly string[] KubernetesKeys =
        ["kubernetes.watchNamespace", "kubernetes.serviceNamespace", "kubernetes.service", "kubernetes.labelSelector", "kubernetes.events.delivered"];

    private static readonly string[] StateKeys = ["raftDir", "dataDir", "state.store"];

    private static readonly string[] KnownKeys = [.. KubernetesKeys, .. StateKeys, .. VaultKeys, .. MetricsKeys, .. ClusterKeys];

    private readonly List<string> _problems = [];
    private readonly Func<string, string?> _variable;
    private readonly YamlSettings _yaml;
    private readonly Dictionary<string, string> _shapes;

    private ConfigurationReader(string yaml, Func<string, string?> variable)
    {
        (_variable, _yaml) = (variable, YamlSettings.Parse(yaml, variable, _problems));
        _shapes = Shapes();
    }

    /// <summary>Reads a configuration.</summary>
    /// <param name="yaml">The text of the file.</param>
    /// <param name="variable">Returns the value of an environment variable, or null.</param>
    public static ConfigurationResult Read(string yaml, Func<string, string?> variable) => new ConfigurationReader(yaml, variable).Read();

    /// <summary>Reads only which pods are watched. The rest of the file may be wrong, and its variables may be unset.</summary>
    /// <param name="yaml">The text of the file.</param>
    /// <param name="variable">Returns the value of an environment variable, or null.</param>
    /// <returns>Which pods are watched; null: there are problems.</returns>
    public static (WatchedPods? Watched, IReadOnlyList<string> Problems) ReadWatched(string yaml, Func<string, string?> variable) =>
        new ConfigurationReader(yaml, variable).ReadWatched();

    private (WatchedPods? Watched, IReadOnlyList<string> Problems) ReadWatched()
    {
        if (_problems.Count > 0) return (null, _problems);
        var (scope, selector) = (Scope(Required(WatchNamespace)), Selector());
        List<string> problems = [.. WatchedKeys.Where(_shapes.ContainsKey).Select(key => _shapes[key]), .. _problems.Where(HasNoShapeProblem)];
        return problems.Count > 0 ? (null, problems) : (new WatchedPods(scope!, selector), []);
    }

    private bool HasNoShapeProblem(string problem) => !_shapes.ContainsKey(problem[..problem.IndexOf(':')]);

    private ConfigurationResult Read()
    {
        // If the file is not YAML, further problems would be misleading.
        if (_problems.Count > 0) return new ConfigurationResult(null, _problems, []);

        var metrics = Metrics();
        var vault = Vault();
        var dataDir = DataDir();
        var cluster = Cluster();
        var management = Management(cluster, metrics);
        var store = Store(cluster);
        var kubernetes = Kubernetes();
        var proxies = ProxyVariables.Read(_variable);
        _problems.AddRange(proxies.Problems);
        List<string> problems = [.. _shapes.Values, .. _problems.Where(HasNoShapeProblem)];
        List<string> warnings = [.. Warnings(), .. proxies.Warnings];
        return problems.Count > 0
            ? new ConfigurationResult(null, problems, warnings)
            : new ConfigurationResult(new ControllerConfiguration(dataDir, store, vault!, kubernetes!, metrics, cluster, management), [], warnings);
    }

    private KubernetesSettings? Kubernetes()
    {
        var scope = Scope(Required(WatchNamespace));
        var (serviceNamespace, service) = (Name("kubernetes.serviceNamespace", "a namespace"), Name("kubernetes.service", "a Service"));
        var deliveredEvents = Bool("kubernetes.events.delivered");
        var selector = Selector();
        return scope is not null && serviceNamespace is not null && service is not null
            ? new KubernetesSettings(scope, serviceNamespace, service, selector) { DeliveredEvents = deliveredEvents }
            : null;
    }

    private string? Selector()
    {
        const string Key = "kubernetes.labelSelector";
        var selector = _yaml.Scalar(Key);
        if (selector is not null && !LabelSelector.IsValid(selector)) Problem(Key, selector, "a label selector such as team=blue, as kubectl get --selector takes it");
        return selector;
    }

    private string? Name(string key, string what)
    {
        var name = Required(key);
        if (name is not null && !DnsLabel.IsValid(name)) Problem(key, name, $"the name of {what} such as kubernetes-vault: small letters, digits and -, at most {DnsLabel.Longest}");
        return name;
    }

    private string DataDir()
    {
        var (raftDir, dataDir) = (_yaml.Scalar("raftDir"), _yaml.Scalar("dataDir"));
        if (raftDir is not null && dataDir is not null && raftDir != dataDir)
            _problems.Add($"dataDir: is \"{dataDir}\" while raftDir is \"{raftDir}\"; they are two names of one setting, expected only one of them");
        return dataDir ?? raftDir ?? "/var/lib/kubernetes-vault/";
    }

    private WatchScope? Scope(string? text)
    {
        if (text is null) return null;
        // For an impossible namespace the API server answers with an empty list: the controller would watch nothing, and report no problem.
        if (!text.StartsWith('~') && !DnsLabel.IsValid(text.ToLowerInvariant()))
        {
            Problem("kubernetes.watchNamespace", text, $"a namespace, or ~ and a regular expression such as ~^team-: a name has small letters, digits and - only, and at most {DnsLabel.Longest} of them");
            return null;
        }

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
        if (value is null) _problems.Add($"{Missing(key)}; it is required");
        return value;
    }

    // The file has the key, so the message must name the variable that is not set.
    private string Missing(string key) => _yaml.At(key) is { Values: [""], Text: var text } && text.Contains('$', StringComparison.Ordinal)
        ? $"{key}: is empty, because {text.Trim()} is not set, or empty itself"
        : $"{key}: is missing or empty";

    private bool Bool(string key, bool otherwise = false)
    {
        if (_yaml.Scalar(key) is not { } text) return otherwise;
        if (!bool.TryParse(text, out var value)) Problem(key, text, "true or false");
        return value;
    }

    private string? File(string key, string? path)
    {
        if (path is not null && !System.IO.File.Exists(path)) Problem(key, path, "a file that exists");
        return path;
    }

    private void Problem(string key, string value, string expected) => _problems.Add(Quoted(key, value, expected));

    private static string Quoted(string key, string value, string expected) => MayBePrivateKey(key, value)
        ? $"{key}: expected a file that exists (the value is not shown here: it is not a path, and may be a private key)"
        : value.Contains('@', StringComparison.Ordinal) && key == "vault.addr"
            ? $"{key}: expected {expected} (it is not shown here: there may be a password in it)"
            : $"{key}: \"{SettingText.Visible(value)}\": expected {expected}";

    private static bool IsFile(string key) => IsTls(key) && (key.EndsWith(".certFile", StringComparison.Ordinal) || key.EndsWith(".certKey", StringComparison.Ordinal) || key.EndsWith(".caCert", StringComparison.Ordinal));

    // People write the content of a file by mistake, instead of its path.
    private static bool MayBePrivateKey(string key, string value) =>
        value.Contains("-----BEGIN", StringComparison.Ordinal) || (IsFile(key) && value.AsSpan().ContainsAny('\r', '\n'));

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
