using AkkaVault.Controller.Configuration;

namespace AkkaVault.Actors.Tests.Configuration;

public class ConfigurationReaderTests
{
    private const string Good = """
        vault:
          addr: https://vault:8200
          token: $TOKEN
        kubernetes:
          watchNamespace: default
          serviceNamespace: default
          service: kubernetes-vault
        """;

    private static ConfigurationResult Read(string yaml) => ConfigurationReader.Read(yaml, name => name == "TOKEN" ? "s.secret" : null);

    [Fact]
    public void Defaults_are_the_originals()
    {
        var configuration = Read(Good).Configuration!;
        Assert.Equal("/var/lib/kubernetes-vault/", configuration.DataDir);
        Assert.Equal("s.secret", configuration.Vault.Token);
        Assert.Equal(TimeSpan.FromSeconds(60), configuration.Vault.WrappingTtl);
        Assert.False(configuration.Vault.SkipTokenRoleNameValidation);
        Assert.Equal("0.0.0.0:80", configuration.Metrics.Address.ToString());
        Assert.Equal("default", configuration.Kubernetes.Scope.SingleNamespace);
    }

    [Fact]
    public void All_problems_are_reported_at_once_each_naming_its_key_and_none_the_token()
    {
        var result = Read("""
            raftDir: /a
            dataDir: /b
            vault: {addr: "vault:8200", token: s.secret, skipTokenRoleNameValidation: maybe, wrappingTTL: soon, tls: {caCert: /nowhere, vaultCABackends: [root-ca]}}
            kubernetes: {watchNamespace: "~(", service: x}
            prometheus: {tls: {certFile: /no, vaultCertRole: r, caCert: /no}}
            state: {store: raft}
            metrics: {address: "0.0.0.0"}
            """);
        Assert.Null(result.Configuration);
        foreach (var key in new[]
        {
            "dataDir:", "vault.addr:", "vault.skipTokenRoleNameValidation:", "vault.wrappingTTL:", "vault.tls.caCert, vault.tls.vaultCABackends:", "vault.tls.caCert:",
            "kubernetes.watchNamespace:", "kubernetes.serviceNamespace:", "prometheus.tls:", "prometheus.tls.certKey:", "prometheus.tls.vaultCertBackend:",
            "prometheus.tls.certFile:", "prometheus.tls.caCert:", "state.store:", "metrics.address:",
        })
            Assert.Contains(result.Problems, problem => problem.StartsWith(key, StringComparison.Ordinal));
        Assert.DoesNotContain(result.Problems, problem => problem.Contains("s.secret", StringComparison.Ordinal));
    }

    [Fact]
    public void Unknown_keys_are_warned_of_with_the_nearest_known_one()
    {
        var result = Read(Good.Replace("watchNamespace", "watchNamespace: default\n  watchNamespaces", StringComparison.Ordinal));
        Assert.NotNull(result.Configuration);
        Assert.Contains("kubernetes.watchNamespaces", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Contains("did you mean kubernetes.watchNamespace?", result.Warnings[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("VAULT: {ADDR: http://v, TOKEN: t}\nkubernetes: {watchnamespace: d, servicenamespace: d, service: s}")]
    public void Keys_are_matched_whatever_their_case(string yaml) => Assert.NotNull(Read(yaml).Configuration);

    [Theory]
    [InlineData("not: [yaml")]
    [InlineData("- a\n- b")]
    public void A_file_that_is_no_mapping_is_one_problem(string yaml) => Assert.Single(Read(yaml).Problems);

    [Fact]
    public void The_token_is_in_no_text() => Assert.DoesNotContain("s.secret", Read(Good).Configuration!.ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("$A", "1")]
    [InlineData("${A}b", "1b")]
    [InlineData("$A_", "")]
    [InlineData("$NONE.", ".")]
    [InlineData("100$", "100$")]
    [InlineData("a$ b", "a$ b")]
    [InlineData("${}x", "x")]
    [InlineData("${A", "A")]
    [InlineData("$$A", "A")]
    public void Variables_expand_as_in_Go(string text, string expected) =>
        Assert.Equal(expected, EnvironmentExpansion.Expand(text, name => name == "A" ? "1" : null));

    [Fact]
    public void Without_a_cluster_section_the_controller_is_alone_and_serves_no_management()
    {
        var configuration = Read(Good).Configuration!;
        Assert.Null(configuration.Cluster);
        Assert.Null(configuration.Management);
        Assert.Equal(StateStore.Sqlite, configuration.Store);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(5, 3)]
    public void A_cluster_is_formed_by_a_majority_of_its_replicas(int replicas, int majority)
    {
        var result = ConfigurationReader.Read($"{Good}\ncluster: {{replicas: {replicas}}}\nstate: {{store: none}}", name => name == "POD_IP" ? "10.1.0.7" : "x");
        Assert.Empty(result.Problems);
        var configuration = result.Configuration!;
        Assert.Equal((replicas, majority, "10.1.0.7:2552"), (configuration.Cluster!.Replicas, configuration.Cluster.RequiredContactPoints, configuration.Cluster.Address.ToString()));
        Assert.Equal("0.0.0.0:8558", configuration.Management!.ToString());
        Assert.Equal(StateStore.None, configuration.Store);
    }

    [Theory]
    [InlineData("cluster: {replicas: 3}\nstate: {store: none}", "cluster.hostname: is missing and POD_IP is not set")]
    [InlineData("cluster: {hostname: vault-0}", "cluster.hostname: \"vault-0\"")]
    [InlineData("cluster: {hostname: 0.0.0.0}", "cluster.hostname: \"0.0.0.0\"")]
    [InlineData("cluster: {hostname: 10.1.0.7, port: 70000}", "cluster.port: \"70000\": expected a number from 1 to 65535")]
    [InlineData("cluster: {hostname: 10.1.0.7, replicas: 0}", "cluster.replicas: \"0\"")]
    [InlineData("cluster: {hostname: 10.1.0.7, replicas: 3, requiredContactPoints: 4}\nstate: {store: none}", "cluster.requiredContactPoints: \"4\": expected a number from 1 to 3")]
    [InlineData("cluster: {hostname: 10.1.0.7, replicas: 3}", "state.store: \"sqlite\": expected none where cluster.replicas is more than 1")]
    [InlineData("management: {address: 10.1.0.7}", "management.address: \"10.1.0.7\"")]
    [InlineData("management: {address: \"0.0.0.0:80\"}", "management.address: \"0.0.0.0:80\": expected another port than that of metrics.address")]
    [InlineData("state: {store: 1}", "state.store: \"1\"")]
    public void Problems_of_the_cluster_are_named(string section, string problem) =>
        Assert.StartsWith(problem, Assert.Single(Read($"{Good}\n{section}").Problems), StringComparison.Ordinal);
}
