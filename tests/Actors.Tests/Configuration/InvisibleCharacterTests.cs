using System.Reflection;
using AkkaVault.Actors.Tests.Shared;
using AkkaVault.Controller.Configuration;
using AkkaVault.Shared;

namespace AkkaVault.Actors.Tests.Configuration;

/// <summary>Invisible characters in the value of each key. At the ends they are ignored; inside they are a problem that names them.</summary>
public class InvisibleCharacterTests
{
    // A valid value of each key. Around adds the keys that it needs.
    private static readonly Dictionary<string, string> s_good = new()
    {
        ["vault.addr"] = "https://vault:8200/vault",
        ["vault.token"] = "s.secret",
        ["vault.tokenFile"] = "/vault/token",
        ["vault.skipTokenRoleNameValidation"] = "true",
        ["vault.wrappingTTL"] = "90s",
        ["vault.tls.vaultCABackends"] = "root-ca",
        ["vault.tls.caCert"] = "/dev/null",
        ["vault.namespace"] = "team/a",
        ["vault.approlePath"] = "team/approle",
        ["vault.bindToPodIP"] = "true",
        ["vault.maxConcurrency"] = "32",
        ["vault.auth.kubernetes.mount"] = "clusters/blue",
        ["vault.auth.kubernetes.role"] = "controller",
        ["vault.auth.kubernetes.jwtPath"] = "/var/jwt",
        ["vault.auth.approle.mount"] = "team/approle",
        ["vault.auth.approle.roleIdFile"] = "/vault/role-id",
        ["vault.auth.approle.secretIdFile"] = "/vault/secret-id",
        ["kubernetes.watchNamespace"] = "default",
        ["kubernetes.serviceNamespace"] = "default",
        ["kubernetes.service"] = "kubernetes-vault",
        ["kubernetes.labelSelector"] = "team=blue",
        ["kubernetes.events.delivered"] = "true",
        ["raftDir"] = "/var/lib/raft",
        ["dataDir"] = "/var/lib/data",
        ["state.store"] = "kubernetes",
        ["metrics.address"] = "0.0.0.0:9102",
        ["cluster.hostname"] = "10.1.0.7",
        ["cluster.port"] = "2553",
        ["cluster.replicas"] = "12",
        ["cluster.requiredContactPoints"] = "11",
        ["cluster.downing"] = "lease-majority",
        ["management.address"] = "0.0.0.0:8559",
        ["management.readOnly"] = "false",
        ["management.page"] = "false",
        ["prometheus.tls.vaultCertBackend"] = "pki",
        ["prometheus.tls.vaultCertRole"] = "metrics",
        ["prometheus.tls.vaultCABackends"] = "root-ca",
        ["prometheus.tls.certFile"] = "/dev/null",
        ["prometheus.tls.certKey"] = "/dev/null",
        ["prometheus.tls.caCert"] = "/dev/null",
        ["cluster.tls.vaultCertBackend"] = "pki",
        ["cluster.tls.vaultCertRole"] = "remoting",
        ["cluster.tls.vaultCABackends"] = "root-ca",
        ["cluster.tls.certFile"] = "/dev/null",
        ["cluster.tls.certKey"] = "/dev/null",
        ["cluster.tls.caCert"] = "/dev/null",
    };

    private static string[] KnownKeys => (string[])typeof(ConfigurationReader).GetField("KnownKeys", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;

    public static TheoryData<string> Keys => [.. KnownKeys];

    private static IEnumerable<string> Blanks => SettingTextTests.Invisible.Append(" ").Append(" \n");

    [Theory]
    [MemberData(nameof(Keys))]
    public void At_the_ends_of_a_value_they_make_no_difference(string key)
    {
        var (good, keys) = (s_good[key], Around(key));
        var clean = Read(keys, key, good);
        Assert.Empty(clean.Problems);
        foreach (var value in Blanks.SelectMany(blank => (string[])[$"{good}{blank}", $"{blank}{good}", $"{blank}{good}{blank}"]))
        {
            var read = Read(keys, key, value);
            Assert.Empty(read.Problems);
            Assert.Equal($"{clean.Configuration}", $"{read.Configuration}");
            // The text of a record leaves out secrets and the items of lists.
            Assert.Equal(clean.Configuration!.Vault.AddressAsWritten, read.Configuration!.Vault.AddressAsWritten);
            Assert.Equal(clean.Configuration.Vault.Login, read.Configuration.Vault.Login);
            Assert.Equal(Mounts(clean), Mounts(read));
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Within_a_value_they_are_a_problem_that_shows_them(string key)
    {
        var (good, keys) = (s_good[key], Around(key));
        foreach (var blank in SettingTextTests.Invisible)
        {
            // A selector may have several lines.
            if (key == "kubernetes.labelSelector" && blank is "\n" or "\r\n" or "\t") continue;
            var value = good.Insert(good.Length / 2, blank);
            var problem = Assert.Single(Read(keys, key, value).Problems, text => text.StartsWith($"{key}:", StringComparison.Ordinal));
            var hidden = key is "vault.token" or "vault.tokenFile" or "vault.auth.kubernetes.jwtPath" or "vault.auth.approle.roleIdFile" or "vault.auth.approle.secretIdFile"
                || (key.EndsWith("certFile", StringComparison.Ordinal) || key.EndsWith("certKey", StringComparison.Ordinal) || key.EndsWith("caCert", StringComparison.Ordinal)) && blank.Contains('\n', StringComparison.Ordinal);
            if (hidden) Assert.Contains("not shown here", problem, StringComparison.Ordinal);
            else Assert.Contains($"\"{SettingText.Visible(value)}\"", problem, StringComparison.Ordinal);
            Assert.False(SettingText.HasInvisible(problem), problem);
            Assert.DoesNotContain("s.sec", problem, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_space_in_a_value_is_a_problem_but_in_a_path_or_a_selector(string key)
    {
        var value = s_good[key].Insert(s_good[key].Length / 2, " ");
        var problems = Read(Around(key), key, value).Problems;
        if (key is "dataDir" or "raftDir" or "vault.tokenFile" or "vault.auth.kubernetes.jwtPath" or "vault.auth.approle.roleIdFile" or "vault.auth.approle.secretIdFile" or "kubernetes.labelSelector") Assert.Empty(problems);
        else Assert.Contains(problems, problem => problem.StartsWith($"{key}:", StringComparison.Ordinal));
    }

    [Fact]
    public void A_password_in_an_address_is_not_shown_for_a_line_break_in_it() =>
        Assert.DoesNotContain("hush", Assert.Single(Read(Around("vault.addr"), "vault.addr", "https://user:hu\nsh@vault:8200").Problems).Replace("\\n", "", StringComparison.Ordinal), StringComparison.Ordinal);

    [Fact]
    public void A_key_in_one_line_is_not_shown_either() => Assert.DoesNotContain(
        "MIIsecret", Assert.Single(Read(Around("prometheus.tls.certKey"), "prometheus.tls.certKey", "-----BEGIN PRIVATE KEY----- MIIsecret -----END PRIVATE KEY-----").Problems), StringComparison.Ordinal);

    [Fact]
    public void The_address_of_this_pod_may_end_in_a_line_break() => Assert.Equal(
        "10.1.0.7", ConfigurationReader.Read(Yaml(Around("cluster.port"), "cluster.port"), name => name == "POD_IP" ? "10.1.0.7\n" : name == "VALUE" ? "2552" : null).Configuration!.Cluster!.Address.Address.ToString());

    private static IEnumerable<string> Mounts(ConfigurationResult result) =>
        ((CaSource?[])[result.Configuration!.Vault.Ca, result.Configuration.Metrics.ClientCa, result.Configuration.Cluster?.Tls?.Ca]).OfType<CaSource.Backends>().SelectMany(backends => backends.Mounts);

    /// <summary>A Secret comes in through an environment variable.</summary>
    private static ConfigurationResult Read(Dictionary<string, string> around, string key, string value) =>
        ConfigurationReader.Read(Yaml(around, key), name => name switch { "VALUE" => value, "POD_IP" => "10.1.0.8", _ => null });

    private static string Yaml(Dictionary<string, string> around, string key) =>
        string.Concat(around.Append(KeyValuePair.Create(key, "$VALUE")).Select(pair => $"\"{pair.Key}\": \"{pair.Value}\"\n"));

    private static Dictionary<string, string> Around(string key)
    {
        string[] needed =
        [
            "vault.addr", "kubernetes.watchNamespace", "kubernetes.serviceNamespace", "kubernetes.service",
            .. key.StartsWith("vault.auth.kubernetes.", StringComparison.Ordinal) ? ["vault.auth.kubernetes.role"]
                : key.StartsWith("vault.auth.approle.", StringComparison.Ordinal) ? ["vault.auth.approle.roleIdFile", "vault.auth.approle.secretIdFile"]
                : key == "vault.tokenFile" ? Array.Empty<string>() : ["vault.token"],
            .. key is "cluster.replicas" or "cluster.requiredContactPoints" ? ["cluster.replicas", "state.store"] : Array.Empty<string>(),
            .. key.StartsWith("cluster.tls.", StringComparison.Ordinal) ? ["cluster.hostname"] : Array.Empty<string>(),
            .. Companions(key),
        ];
        return needed.Where(name => name != key).Distinct().ToDictionary(name => name, name => s_good[name]);
    }

    private static IEnumerable<string> Companions(string key)
    {
        if (!key.StartsWith("prometheus.tls.", StringComparison.Ordinal) && !key.StartsWith("cluster.tls.", StringComparison.Ordinal)) return [];
        var section = key[..(key.LastIndexOf('.') + 1)];
        string[] own = key.Contains("vaultCert", StringComparison.Ordinal) ? ["vaultCertBackend", "vaultCertRole"] : ["certFile", "certKey"];
        return own.Append(key.EndsWith("vaultCABackends", StringComparison.Ordinal) ? "vaultCABackends" : "caCert").Select(name => section + name);
    }
}
