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
        Assert.Equal(new VaultLogin.Token("s.secret"), configuration.Vault.Login);
        Assert.Equal(("approle", null, false, 16, null), (configuration.Vault.AppRolePath, configuration.Vault.Namespace, configuration.Vault.BindToPodIp, configuration.Vault.MaxConcurrency, configuration.Vault.Ca));
        Assert.Equal(StateStore.Sqlite, configuration.Store);
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

    [Theory]
    [InlineData("https://user:hush@vault:8200")]
    [InlineData("https://hush@vault")]
    [InlineData("https://user:hu/sh@vault")]
    [InlineData("user:hush@vault:8200")]
    public void A_password_in_Vaults_address_is_a_problem_and_not_shown(string address)
    {
        var result = Read(Good.Replace("https://vault:8200", address, StringComparison.Ordinal));
        Assert.Null(result.Configuration);
        Assert.StartsWith("vault.addr: has a user name or a password in it", Assert.Single(result.Problems), StringComparison.Ordinal);
        Assert.DoesNotContain("hu", result.Problems[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://vault:8200/v1", "vault.addr: \"https://vault:8200/v1\": expected Vault's address without /v1, which is added to it: https://vault:8200")]
    [InlineData("https://vault:8200/v1/", "vault.addr: \"https://vault:8200/v1/\": expected Vault's address without /v1, which is added to it: https://vault:8200")]
    [InlineData("https://vault:8200/v1/sys/health", "vault.addr: \"https://vault:8200/v1/sys/health\": expected Vault's address without /v1, which is added to it: https://vault:8200")]
    [InlineData("https://lb/vault/v1", "vault.addr: \"https://lb/vault/v1\": expected Vault's address without /v1, which is added to it: https://lb/vault")]
    [InlineData("https://vault:8200/ui", "vault.addr: \"https://vault:8200/ui\": expected Vault's address without the path of its web interface: https://vault:8200")]
    [InlineData("https://vault:8200/ui/vault/auth?with=token", "vault.addr: has a query (it is not shown here); expected Vault's address without a query: https://vault:8200")]
    [InlineData("https://vault:8200/#x", "vault.addr: \"https://vault:8200/#x\": expected Vault's address without a fragment: https://vault:8200")]
    public void An_address_with_more_than_Vaults_is_refused_with_the_right_one(string address, string problem) =>
        Assert.Equal(problem, Assert.Single(Read(Good.Replace("https://vault:8200", $"\"{address}\"", StringComparison.Ordinal)).Problems));

    [Theory]
    [InlineData("https://lb.example.org/vault")]
    [InlineData("https://vault:8200/")]
    [InlineData("https://v1:8200")]
    [InlineData("https://lb/v11")]
    public void An_address_with_a_path_of_a_load_balancer_is_taken(string address) => Assert.Empty(Read(Good.Replace("https://vault:8200", address, StringComparison.Ordinal)).Problems);

    [Fact]
    public void Proxies_are_read_with_the_rest()
    {
        var result = ConfigurationReader.Read(Good, name => name switch { "TOKEN" => "t", "HTTPS_PROXY" => "http://u:hush@proxy:x", "NO_PROXY" => "10.0.0.0/33", _ => null });
        Assert.StartsWith("HTTPS_PROXY: is not the address of a proxy (it is not shown here)", Assert.Single(result.Problems), StringComparison.Ordinal);
        Assert.StartsWith("NO_PROXY: \"10.0.0.0/33\" matches no address", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokenFile: /vault/token", "the token in /vault/token")]
    [InlineData("auth: {kubernetes: {role: controller}}", "the Kubernetes auth method at auth/kubernetes, role controller")]
    [InlineData("auth: {kubernetes: {role: controller, mount: /auth/clusters/blue/, jwtPath: /jwt}}", "the Kubernetes auth method at auth/clusters/blue, role controller")]
    [InlineData("auth: {approle: {roleIdFile: /r, secretIdFile: /s}}", "the AppRole auth method at auth/approle")]
    public void The_controller_authenticates_in_one_of_four_ways(string way, string described) =>
        Assert.Equal(described, Read(Good.Replace("token: $TOKEN", way, StringComparison.Ordinal)).Configuration!.Vault.Login.ToString());

    [Theory]
    [InlineData("namespace: x", "vault.token: is missing or empty; expected one of vault.token, vault.tokenFile, vault.auth.kubernetes, vault.auth.approle")]
    [InlineData("token: ${FORGOTTEN}", "vault.token: is empty, because ${FORGOTTEN} is not set, or empty itself; expected one of vault.token")]
    [InlineData("auth: {kubernetes: {role: $FORGOTTEN}}", "vault.auth.kubernetes.role: is empty, because $FORGOTTEN is not set, or empty itself; it is required")]
    [InlineData("token: s.secret\n  tokenFile: /t", "vault.token, vault.tokenFile: are all set; expected exactly one of them")]
    [InlineData("auth: {kubernetes: {mount: k}}", "vault.auth.kubernetes.role: is missing or empty")]
    [InlineData("auth: {approle: {roleIdFile: /r}}", "vault.auth.approle.secretIdFile: is missing or empty")]
    [InlineData("tokenFile: s.secret", "vault.tokenFile: has no / and may be the credential itself")]
    [InlineData("auth: {kubernetes: {role: r, jwtPath: s.secret}}", "vault.auth.kubernetes.jwtPath: has no / and may be the credential itself")]
    [InlineData("auth: {approle: {roleIdFile: /r, secretIdFile: s.secret}}", "vault.auth.approle.secretIdFile: has no / and may be the credential itself")]
    [InlineData("token: s.secret\n  approlePath: a//b", "vault.approlePath: \"a//b\": expected a path")]
    [InlineData("token: s.secret\n  namespace: a b", "vault.namespace: \"a b\": expected a path")]
    [InlineData("token: s.secret\n  maxConcurrency: 0", "vault.maxConcurrency: \"0\": expected a whole number from 1 to 1000")]
    [InlineData("token: s.secret\n  bindToPodIP: yes", "vault.bindToPodIP: \"yes\": expected true or false")]
    public void What_is_wrong_with_the_way_to_Vault_is_said(string vault, string problem)
    {
        var problems = Read(Good.Replace("token: $TOKEN", vault, StringComparison.Ordinal)).Problems;
        Assert.StartsWith(problem, Assert.Single(problems), StringComparison.Ordinal);
        Assert.DoesNotContain(problems, text => text.Contains("s.secret", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_merged_into_a_section_counts_as_written_there()
    {
        var merged = Read($"certificates: &files {{certFile: /dev/null, certKey: /dev/null}}\n{Good}\nprometheus: {{tls: {{<<: *files, caCert: /dev/null}}}}");
        Assert.Empty(merged.Problems);
        Assert.NotNull(merged.Configuration!.Metrics.ClientCa);
    }

    [Fact]
    public void A_token_that_ends_in_a_line_break_is_trimmed_and_one_with_a_line_break_in_it_is_a_problem_that_does_not_show_it()
    {
        var trimmed = ConfigurationReader.Read(Good, name => name == "TOKEN" ? "s.secret\n" : null);
        Assert.Equal(new VaultLogin.Token("s.secret"), trimmed.Configuration!.Vault.Login);
        var broken = ConfigurationReader.Read(Good, name => name == "TOKEN" ? "s.sec\nret" : null);
        Assert.StartsWith("vault.token: has spaces, line breaks", Assert.Single(broken.Problems), StringComparison.Ordinal);
        Assert.DoesNotContain("s.sec", broken.Problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Certificates_come_from_Vault_where_they_are_said_to()
    {
        var configuration = Read(Good.Replace("token: $TOKEN", "token: $TOKEN\n  namespace: /team/a/\n  tls: {vaultCABackends: [root-ca, /other/]}", StringComparison.Ordinal) + """

            prometheus: {tls: {vaultCertBackend: intermediate-ca, vaultCertRole: kubernetes-vault, vaultCABackends: [root-ca]}}
            """).Configuration!;
        Assert.Equal(["root-ca", "other"], Assert.IsType<CaSource.Backends>(configuration.Vault.Ca).Mounts);
        Assert.Equal("team/a", configuration.Vault.Namespace);
        Assert.Equal(new CertificateSource.Pki("intermediate-ca", "kubernetes-vault"), configuration.Metrics.Certificate);
        Assert.Equal(["root-ca"], Assert.IsType<CaSource.Backends>(configuration.Metrics.ClientCa).Mounts);
        Assert.Equal("0.0.0.0:443", configuration.Metrics.Address.ToString());
    }

    [Theory]
    [InlineData("vaultCertBackend: pki", "prometheus.tls.vaultCertRole: is missing")]
    [InlineData("vaultCABackends: [root-ca]", "prometheus.tls: client CAs (caCert, vaultCABackends) are set without a certificate of its own")]
    [InlineData("vaultCertBackend: pki, vaultCertRole: r, vaultCABackends: [root-ca], caCert: /dev/null", "prometheus.tls.caCert, prometheus.tls.vaultCABackends: both are set")]
    [InlineData("vaultCertBackend: pki, vaultCertRole: r, certFile: /dev/null, certKey: /dev/null", "prometheus.tls: certFile/certKey and vaultCertBackend/vaultCertRole are both set")]
    public void Settings_of_the_metrics_port_that_contradict_are_said(string tls, string problem) =>
        Assert.StartsWith(problem, Assert.Single(Read($"{Good}\nprometheus: {{tls: {{{tls}}}}}").Problems), StringComparison.Ordinal);

    [Fact]
    public void Controllers_know_one_another_by_certificates_from_files_or_from_Vault()
    {
        Assert.Null(Read($"{Good}\ncluster: {{hostname: 10.1.0.7}}").Configuration!.Cluster!.Tls);
        var files = Read($"{Good}\ncluster: {{hostname: 10.1.0.7, tls: {{certFile: /dev/null, certKey: /dev/null, caCert: /dev/null}}}}").Configuration!.Cluster!.Tls!;
        Assert.Equal(new ClusterTls(new CertificateSource.Files("/dev/null", "/dev/null"), new CaSource.File("/dev/null")), files);
        var vault = Read($"{Good}\ncluster: {{hostname: 10.1.0.7, tls: {{vaultCertBackend: /pki/, vaultCertRole: r, vaultCABackends: [root-ca]}}}}").Configuration!.Cluster!.Tls!;
        Assert.Equal(new CertificateSource.Pki("pki", "r"), vault.Certificate);
        Assert.Equal(["root-ca"], Assert.IsType<CaSource.Backends>(vault.Ca).Mounts);
    }

    [Theory]
    [InlineData("vaultCertBackend: pki, vaultCABackends: [root-ca]", "cluster.tls.vaultCertRole: is missing")]
    [InlineData("vaultCABackends: [root-ca]", "cluster.tls: CAs (caCert, vaultCABackends) are set without a certificate of its own")]
    [InlineData("vaultCertBackend: pki, vaultCertRole: r", "cluster.tls: caCert and vaultCABackends are missing; expected one of them")]
    [InlineData("vaultCertBackend: pki, vaultCertRole: r, vaultCABackends: [root-ca], caCert: /dev/null", "cluster.tls.caCert, cluster.tls.vaultCABackends: both are set")]
    [InlineData("vaultCertBackend: pki, vaultCertRole: r, caCert: /dev/null, certFile: /dev/null, certKey: /dev/null", "cluster.tls: certFile/certKey and vaultCertBackend/vaultCertRole are both set")]
    [InlineData("certFile: /dev/null, certKey: /nowhere, caCert: /dev/null", "cluster.tls.certKey: \"/nowhere\": expected a file that exists")]
    [InlineData("caCert: /nowhere, certFile: /dev/null, certKey: /dev/null", "cluster.tls.caCert: \"/nowhere\": expected a file that exists")]
    public void Settings_of_remoting_that_contradict_are_said(string tls, string problem) =>
        Assert.StartsWith(problem, Assert.Single(Read($"{Good}\ncluster: {{hostname: 10.1.0.7, tls: {{{tls}}}}}").Problems), StringComparison.Ordinal);

    [Fact]
    public void An_empty_section_does_not_mean_remoting_without_certificates()
    {
        var problems = Read($"{Good}\ncluster: {{hostname: 10.1.0.7, tls: {{certFile: , caCert: \"\"}}}}").Problems;
        Assert.Equal(["cluster.tls.caCert", "cluster.tls.certFile", "cluster.tls.certKey"], problems.Select(problem => problem.Split(':')[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", nameof(DowningStrategy.KeepMajority))]
    [InlineData(", downing: keep-majority", nameof(DowningStrategy.KeepMajority))]
    [InlineData(", downing: lease-majority", nameof(DowningStrategy.LeaseMajority))]
    public void A_majority_goes_on_unless_a_Lease_is_to_decide(string key, string expected)
    {
        var configuration = Read($"{Good}\ncluster: {{hostname: 10.1.0.7{key}}}").Configuration!;
        Assert.Equal(expected, $"{configuration.Cluster!.Downing}");
        Assert.Equal("kubernetes-vault-akka-sbr", configuration.Kubernetes.LeaseName);
    }

    [Fact]
    public void The_ledger_can_be_kept_in_Kubernetes()
    {
        var configuration = Read(Good + "\nstate: {store: kubernetes}").Configuration!;
        Assert.Equal(StateStore.Kubernetes, configuration.Store);
        Assert.Equal("kubernetes-vault-ledger", configuration.Kubernetes.LedgerName);
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
        var result = ConfigurationReader.Read($"{Good}\ncluster: {{replicas: {replicas}}}\nstate: {{store: kubernetes}}", name => name switch { "POD_IP" => "10.1.0.7", "TOKEN" => "x", _ => null });
        Assert.Empty(result.Problems);
        var configuration = result.Configuration!;
        Assert.Equal((replicas, majority, "10.1.0.7:2552"), (configuration.Cluster!.Replicas, configuration.Cluster.RequiredContactPoints, configuration.Cluster.Address.ToString()));
        Assert.Equal(("0.0.0.0:8558", true), (configuration.Management!.Address.ToString(), configuration.Management.ReadOnly));
        Assert.Equal(StateStore.Kubernetes, configuration.Store);
    }

    [Fact]
    public void The_cluster_can_be_changed_through_the_management_port_only_where_that_is_said() =>
        Assert.False(Read($"{Good}\ncluster: {{hostname: 10.1.0.7}}\nmanagement: {{readOnly: false}}").Configuration!.Management!.ReadOnly);

    [Theory]
    [InlineData("readOnly: true", true)]
    [InlineData("page: true", true)]
    [InlineData("page: false", false)]
    public void The_management_port_has_the_page_unless_that_is_switched_off(string key, bool page) =>
        Assert.Equal(page, Read($"{Good}\ncluster: {{hostname: 10.1.0.7}}\nmanagement: {{{key}}}").Configuration!.Management!.Page);

    [Theory]
    [InlineData("cluster: {replicas: 3}\nstate: {store: kubernetes}", "cluster.hostname: is missing and POD_IP is not set")]
    [InlineData("cluster: {hostname: vault-0}", "cluster.hostname: \"vault-0\"")]
    [InlineData("cluster: {hostname: 0.0.0.0}", "cluster.hostname: \"0.0.0.0\"")]
    [InlineData("cluster: {hostname: 10.1.0.7, port: 70000}", "cluster.port: \"70000\": expected a number from 1 to 65535")]
    [InlineData("cluster: {hostname: 10.1.0.7, replicas: 0}", "cluster.replicas: \"0\"")]
    [InlineData("cluster: {hostname: 10.1.0.7, replicas: 3, requiredContactPoints: 4}\nstate: {store: kubernetes}", "cluster.requiredContactPoints: \"4\": expected a number from 1 to 3")]
    [InlineData("cluster: {hostname: 10.1.0.7, replicas: 3}", "state.store: \"sqlite\": expected kubernetes, because cluster.replicas is more than 1")]
    [InlineData("cluster: {hostname: 10.1.0.7, downing: keep-oldest}", "cluster.downing: \"keep-oldest\": expected keep-majority or lease-majority")]
    [InlineData("management: {address: 10.1.0.7}", "management.address: \"10.1.0.7\"")]
    [InlineData("management: {address: \"0.0.0.0:80\"}", "management.address: \"0.0.0.0:80\": expected another port than that of metrics.address")]
    [InlineData("management: {readOnly: no}", "management.readOnly: \"no\": expected true or false")]
    [InlineData("management: {page: off}", "management.page: \"off\": expected true or false")]
    [InlineData("state: {store: 1}", "state.store: \"1\"")]
    public void Problems_of_the_cluster_are_named(string section, string problem) =>
        Assert.StartsWith(problem, Assert.Single(Read($"{Good}\n{section}").Problems), StringComparison.Ordinal);
}
