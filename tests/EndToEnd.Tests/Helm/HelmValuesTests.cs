using System.Reflection;
using System.Text.Json.Nodes;
using AkkaVault.Controller.Configuration;
using AkkaVault.EndToEnd.Tests.Manifests;
using AkkaVault.Tests.TestKit.Kubernetes;

namespace AkkaVault.EndToEnd.Tests.Helm;

/// <summary>The values that the chart accepts and rejects.</summary>
public sealed class HelmValuesTests : IDisposable
{
    // These keys may not be below "config": the chart writes them itself, or they belong to a store that it does not use.
    private static readonly string[] s_written =
    [
        "kubernetes.serviceNamespace", "kubernetes.service", "cluster.hostname", "cluster.port", "cluster.replicas", "management.address", "metrics.address", "state.store", "dataDir", "raftDir",
    ];

    private readonly HelmProgram _helm = new();

    private static JsonNode Schema => JsonNode.Parse(File.ReadAllText(Path.Combine(HelmProgram.Chart, "values.schema.json")))!;

    public void Dispose() => _helm.Dispose();

    [SkippableTheory]
    [InlineData("{replica: 3}", "'replica'")]
    [InlineData("{replicas: 0}", "'/replicas'")]
    [InlineData("{replicas: three}", "'/replicas'")]
    [InlineData("{image: {pullPolicy: Sometimes}}", "'/image/pullPolicy'")]
    [InlineData("{image: {digest: latest}}", "'/image/digest'")]
    [InlineData("{imagePullSecrets: [registry]}", "'/imagePullSecrets/0'")]
    [InlineData("{config: {vault: {adr: https://vault:8200}}}", "'adr'")]
    [InlineData("{config: {vault: {addr: null}}}", "'/config/vault/addr'")]
    [InlineData("{config: {vault: {addr: vault:8200}}}", "config.vault.addr")]
    [InlineData("{config: {vault: {addr: 'https://vault:8200?x'}}}", "config.vault.addr")]
    [InlineData("{config: {vault: {maxConcurrency: 0}}}", "'/config/vault/maxConcurrency'")]
    [InlineData("{config: {vault: {wrappingTTL: a minute}}}", "'/config/vault/wrappingTTL'")]
    [InlineData("{config: {vault: {bindToPodIP: 'yes'}}}", "'/config/vault/bindToPodIP'")]
    [InlineData("{config: {vault: {tls: {vaultCABackends: root-ca}}}}", "'/config/vault/tls/vaultCABackends'")]
    [InlineData("{config: {vault: {auth: {kubernetes: {mount: clusters/blue}}}}}", "'role'")]
    [InlineData("{config: {vault: {auth: {approle: {mount: team}}}}}", "config.vault.auth.approle")]
    [InlineData("{config: {vault: {tokenFile: /vault/token, auth: {kubernetes: {role: r}}}}}", "config.vault.tokenFile, config.vault.auth.kubernetes")]
    [InlineData("{config: {vault: {auth: {kubernetes: {role: r}}}}, existing: {vaultAppRole: {secret: s}}}", "existing.vaultAppRole.secret")]
    [InlineData("{config: {vault: {auth: {kubernetes: {role: r}}}}, existing: {vaultToken: {secret: s}}}", "existing.vaultToken.secret")]
    [InlineData("{config: {kubernetes: {watchNamespace: null}}}", "'/config/kubernetes/watchNamespace'")]
    [InlineData("{config: {kubernetes: {watchNamespace: Team_Blue}}}", "'/config/kubernetes/watchNamespace'")]
    [InlineData("{config: {kubernetes: {watchNamespace: ~^team-}}}", "rbac.clusterRole")]
    [InlineData("{config: {kubernetes: {service: other}}}", "'service'")]
    [InlineData("{config: {cluster: {replicas: 3}}}", "'replicas'")]
    [InlineData("{config: {cluster: {downing: keep-oldest}}}", "'/config/cluster/downing'")]
    [InlineData("{config: {cluster: {requiredContactPoints: 4}}}", "config.cluster.requiredContactPoints")]
    [InlineData("{config: {cluster: {tls: {vaultCertBackend: pki}}}}", "'/config/cluster/tls'")]
    [InlineData("{config: {prometheus: {tls: {}}}}", "'/config/prometheus/tls'")]
    [InlineData("{config: {prometheus: {tls: {vaultCertBackend: pki, vaultCertRole: r}}}, existing: {metricsTls: {secret: s}}}", "existing.metricsTls.secret, config.prometheus.tls")]
    [InlineData("{config: {cluster: {tls: {vaultCertBackend: pki, vaultCertRole: r}}}, existing: {clusterTls: {secret: s}}}", "existing.clusterTls.secret, config.cluster.tls")]
    [InlineData("{config: {vault: {tls: {vaultCABackends: [root-ca]}}}, existing: {vaultCA: {secret: s}}}", "existing.vaultCA, config.vault.tls")]
    [InlineData("{existing: {vaultCA: {secret: s, configMap: c}}}", "existing.vaultCA.configMap, existing.vaultCA.secret")]
    [InlineData("{existing: {vaultToken: {secret: My_Secret}}}", "existing.vaultToken.secret:")]
    [InlineData("{existing: {vaultCA: {configMap: My_CA}}}", "'/existing/vaultCA/configMap'")]
    [InlineData("{listenAddress: localhost}", "'/listenAddress'")]
    [InlineData("{log: {level: trace}}", "'/log/level'")]
    [InlineData("{serviceAccount: {create: false}}", "serviceAccount.name")]
    [InlineData("{rbac: {clusterRole: true}}", "'/rbac/clusterRole'")]
    [InlineData("{networkPolicy: {egressPorts: [70000]}}", "'/networkPolicy/egressPorts/0'")]
    [InlineData("{podDisruptionBudget: {maxUnavailable: 0}}", "'/podDisruptionBudget/maxUnavailable'")]
    [InlineData("{monitoring: {serviceMonitor: {interval: 5}}}", "'/monitoring/serviceMonitor/interval'")]
    [InlineData("{monitoring: {podMonitor: {scrapeTimeout: soon}}}", "'/monitoring/podMonitor/scrapeTimeout'")]
    [InlineData("{terminationGracePeriodSeconds: 10}", "'/terminationGracePeriodSeconds'")]
    [InlineData("{labels: {team: 1}}", "'/labels/team'")]
    [InlineData("{tolerations: {key: dedicated}}", "'/tolerations'")]
    [InlineData("{nameOverride: 1st}", "nameOverride")]
    public async Task A_wrong_value_is_refused_by_its_key(string values, string key)
    {
        Skip.If(HelmProgram.Missing is not null, HelmProgram.Missing);
        Assert.Contains(key, await RefusalAsync(values), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task What_is_required_is_asked_for()
    {
        Skip.If(HelmProgram.Missing is not null, HelmProgram.Missing);
        var (exit, _, errors) = await _helm.RunAsync("template", HelmProgram.Release, HelmProgram.Chart);
        Assert.NotEqual(0, exit);
        Assert.All(["'/config/vault': missing property 'addr'", "'/config/kubernetes': missing property 'watchNamespace'"], problem => Assert.Contains(problem, errors, StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData("config: {vault: {token: hvs.CAESIsecret}}", "config.vault.token:")]
    [InlineData("config: {vault: {tokenFile: hvs.CAESIsecret}}", "config.vault.tokenFile:")]
    [InlineData("existing: {vaultToken: {secret: hvs.CAESIsecret}}", "existing.vaultToken.secret:")]
    [InlineData("existing: {vaultAppRole: {secret: hvs.CAESIsecret}}", "existing.vaultAppRole.secret:")]
    [InlineData("config: {vault: {addr: 'https://admin:CAESIsecret@vault:8200'}}", "config.vault.addr:")]
    [InlineData("config: {cluster: {tls: {certFile: /a, certKey: \"-----BEGIN PRIVATE KEY-----\\nCAESIsecret/+\\n\", caCert: /b}}}", "config.cluster.tls.certKey:")]
    public async Task What_may_be_a_secret_is_refused_and_not_shown(string values, string key)
    {
        Skip.If(HelmProgram.Missing is not null, HelmProgram.Missing);
        var refusal = await RefusalAsync(values);
        Assert.Contains(key, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("CAESIsecret", refusal, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("{config: {vault: {auth: {kubernetes: {role: kubernetes-vault, mount: clusters/blue}}}}}", typeof(VaultLogin.Kubernetes))]
    [InlineData("{existing: {vaultAppRole: {secret: approle}}, config: {vault: {auth: {approle: {mount: team/approle}}}}}", typeof(VaultLogin.AppRole))]
    [InlineData("{config: {vault: {token: $VAULT_TOKEN}}, env: [{name: VAULT_TOKEN, valueFrom: {secretKeyRef: {name: vault, key: token}}}]}", typeof(VaultLogin.Token))]
    [InlineData("{config: {vault: {tokenFile: /agent/token}}, extraVolumes: [{name: agent, emptyDir: {}}], extraVolumeMounts: [{name: agent, mountPath: /agent}]}", typeof(VaultLogin.TokenFile))]
    [InlineData("{existing: {vaultToken: {secret: mine, key: vault-token}, vaultCA: {secret: vault-tls}}}", typeof(VaultLogin.TokenFile))]
    [InlineData("{existing: {clusterTls: {secret: cluster}, metricsTls: {secret: metrics, clientCAKey: ca.crt}}, listenAddress: '::'}", typeof(VaultLogin.TokenFile))]
    [InlineData("{replicas: 1, config: {vault: {wrappingTTL: 90s, maxConcurrency: 4, namespace: team/a}, kubernetes: {labelSelector: 'team in (blue,green)', events: {delivered: true}}, management: {readOnly: false}}}", typeof(VaultLogin.TokenFile))]
    public async Task The_controller_accepts_what_is_written_and_each_file_that_it_names_is_mounted(string values, Type login)
    {
        Skip.If(HelmProgram.Missing is not null, HelmProgram.Missing);
        var chart = await _helm.TemplateAsync(HelmProgram.ValuesOf("quick-start"), _helm.Values(values));
        var mounts = chart.Container["volumeMounts"]!.AsArray().ToDictionary(mount => (string)mount!["mountPath"]!, mount => (string)mount!["name"]!);
        Assert.Equal(mounts.Values.Order(StringComparer.Ordinal), chart.StatefulSet["spec"]!["template"]!["spec"]!["volumes"]!.AsArray().Select(volume => (string)volume!["name"]!).Order(StringComparer.Ordinal));

        // Mounted files exist in a pod, but not here.
        var here = _helm.Values("");
        var text = chart.Configuration;
        foreach (var file in (string[])["/etc/vault-ca/ca.crt", "/etc/cluster-tls/tls.crt", "/etc/cluster-tls/tls.key", "/etc/cluster-tls/ca.crt", "/etc/metrics-tls/tls.crt", "/etc/metrics-tls/tls.key", "/etc/metrics-tls/ca.crt"])
        {
            if (!text.Contains(file, StringComparison.Ordinal)) continue;
            Assert.Contains(Path.GetDirectoryName(file)!, mounts.Keys);
            text = text.Replace(file, here, StringComparison.Ordinal);
        }

        var variables = chart.Container["env"]!.AsArray().Select(variable => (string)variable!["name"]!).ToHashSet();
        var result = ConfigurationReader.Read(text, name => variables.Contains(name) ? name switch { "POD_IP" => "10.1.2.3", "POD_NAMESPACE" => "kubernetes-vault", _ => "s.token" } : null);
        Assert.Empty(result.Problems);
        Assert.Empty(result.Warnings);
        Assert.IsType(login, result.Configuration!.Vault.Login);
        IEnumerable<string> files = result.Configuration.Vault.Login switch { VaultLogin.TokenFile one => [one.Path], VaultLogin.AppRole two => [two.RoleIdFile, two.SecretIdFile], _ => [] };
        Assert.All(files, file => Assert.Contains(Path.GetDirectoryName(file)!, mounts.Keys));
        Assert.Equal(result.Configuration.Metrics.Certificate is null ? null : "HTTPS", (string?)chart.Container["readinessProbe"]!["httpGet"]!["scheme"]);
    }

    [SkippableFact]
    public async Task Labels_places_and_other_names_come_where_they_belong()
    {
        Skip.If(HelmProgram.Missing is not null, HelmProgram.Missing);
        var chart = await _helm.TemplateAsync(HelmProgram.ValuesOf("quick-start"), _helm.Values("""
            nameOverride: blue
            labels: {team: blue}
            podLabels: {tier: infra}
            podAnnotations: {note: "1"}
            tolerations: [{key: dedicated, operator: Exists}]
            nodeSelector: {disk: ssd}
            topologySpreadConstraints: [{maxSkew: 1}]
            priorityClassName: system-cluster-critical
            imagePullSecrets: [{name: registry}]
            log: {format: json, level: debug}
            image: {digest: "sha256:0123456789012345678901234567890123456789012345678901234567890123"}
            networkPolicy: {scraperNamespaces: [a, b], extraEgress: [{ports: [{port: 3128}]}]}
            config: {vault: {addr: "https://vault.example.org:8201/"}}
            """));
        Assert.All(chart.Objects, item => Assert.Equal("blue", (string?)item["metadata"]!["labels"]!["team"]));
        Assert.All(chart.Objects, item => Assert.StartsWith("blue", (string)item["metadata"]!["name"]!, StringComparison.Ordinal));
        var (template, pod) = (chart.StatefulSet["spec"]!["template"]!["metadata"]!, chart.StatefulSet["spec"]!["template"]!["spec"]!);
        Assert.Equal("""{"app.kubernetes.io/name":"blue","team":"blue","tier":"infra"}""", HelmProgram.Sorted(template["labels"])!.ToJsonString());
        Assert.Equal("""{"app.kubernetes.io/name":"blue"}""", chart.StatefulSet["spec"]!["selector"]!["matchLabels"]!.ToJsonString());
        Assert.Equal("1", (string?)template["annotations"]!["note"]);
        Assert.Equal("dedicated ssd 1 system-cluster-critical registry", $"{pod["tolerations"]![0]!["key"]} {pod["nodeSelector"]!["disk"]} {pod["topologySpreadConstraints"]![0]!["maxSkew"]} {pod["priorityClassName"]} {pod["imagePullSecrets"]![0]!["name"]}");
        Assert.Equal("--config /etc/kubernetes-vault/kubernetes-vault.yml --log-format json --log-level debug", string.Join(' ', chart.Container["args"]!.AsArray()));
        Assert.EndsWith("akkavault-controller@sha256:0123456789012345678901234567890123456789012345678901234567890123", (string)chart.Container["image"]!, StringComparison.Ordinal);
        Assert.Contains("service: blue", chart.Configuration, StringComparison.Ordinal);
        Assert.Contains(chart.Rights, right => right is { Resource: "configmaps", Name: "blue-ledger", Verb: "update" });
        var policy = chart.Objects.Single(item => Overlay.KindOf(item) == "NetworkPolicy")["spec"]!;
        Assert.Equal("a b", string.Join(' ', policy["ingress"]![1]!["from"]!.AsArray().Select(from => from!["namespaceSelector"]!["matchLabels"]!["kubernetes.io/metadata.name"])));
        Assert.Equal("443 6443 8200 8201", string.Join(' ', policy["egress"]![3]!["ports"]!.AsArray().Select(port => port!["port"])));
        Assert.Equal("3128", (string?)policy["egress"]![4]!["ports"]![0]!["port"]);
    }

    [SkippableTheory]
    [InlineData("{rbac: {create: false}, serviceAccount: {create: false, name: mine}}", "")]
    [InlineData("{config: {kubernetes: {watchNamespace: ~^team-}}, rbac: {clusterRole: existing}}", "Role RoleBinding Role RoleBinding ServiceAccount")]
    [InlineData("{config: {kubernetes: {watchNamespace: ~^team-}}, rbac: {clusterRole: create}}", "ClusterRole ClusterRoleBinding Role RoleBinding Role RoleBinding ServiceAccount")]
    public async Task Rights_are_made_where_they_are_asked_for(string values, string expected)
    {
        Skip.If(HelmProgram.Missing is not null, HelmProgram.Missing);
        var chart = await _helm.TemplateAsync(HelmProgram.ValuesOf("quick-start"), _helm.Values(values));
        var kinds = chart.Objects.Select(Overlay.KindOf).Where(kind => kind.Contains("Role", StringComparison.Ordinal) || kind == "ServiceAccount");
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), kinds.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_key_of_the_configuration_can_be_set_and_no_other()
    {
        var known = (string[])typeof(ConfigurationReader).GetField("KnownKeys", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;
        Assert.Equal(known.Except(s_written).Order(StringComparer.Ordinal), Leaves(Schema["properties"]!["config"]!, "").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_value_of_the_schema_is_in_values_yaml_with_its_default()
    {
        var values = Manifest.Parse(File.ReadAllText(Path.Combine(HelmProgram.Chart, "values.yaml"))).Single();
        // Helm itself defines "global", for values that a chart shares with its dependencies.
        Assert.All(Leaves(Schema, "").Where(leaf => leaf != "global" && !leaf.StartsWith("config.", StringComparison.Ordinal)), leaf => Assert.True(IsIn(values, leaf), leaf));

        static bool IsIn(JsonObject values, string leaf)
        {
            JsonNode? at = values;
            foreach (var part in leaf.Split('.'))
            {
                if (at is not JsonObject map || !map.TryGetPropertyValue(part, out at)) return false;
            }

            return true;
        }
    }

    private async Task<string> RefusalAsync(string values)
    {
        var (exit, output, errors) = await _helm.RunAsync("template", HelmProgram.Release, HelmProgram.Chart, "-f", HelmProgram.ValuesOf("quick-start"), "-f", _helm.Values(values));
        Assert.True(exit != 0, output);
        return errors;
    }

    private static IEnumerable<string> Leaves(JsonNode schema, string at) => schema["properties"] is JsonObject properties
        ? properties.SelectMany(property => Leaves(property.Value!, at.Length == 0 ? property.Key : $"{at}.{property.Key}"))
        : [at];
}
