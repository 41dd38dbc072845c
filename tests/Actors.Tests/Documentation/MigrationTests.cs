using AkkaVault.Controller.Configuration;

namespace AkkaVault.Actors.Tests.Documentation;

/// <summary>The statements of docs/migration.md about configuration files of Kubernetes-Vault.</summary>
public class MigrationTests
{
    private static readonly Page s_page = Page.Read("docs/migration.md");

    // Every key that the last releases of Kubernetes-Vault read, in one file.
    private const string EveryKey = """
        raftDir: /var/lib/kubernetes-vault/
        vault:
          addr: https://vault:8200
          token: ${VAULT_TOKEN}
          skipTokenRoleNameValidation: true
          wrappingTTL: 120
          tls:
            vaultCABackends:
              - root-ca
        kubernetes:
          watchNamespace: ${KUBERNETES_NAMESPACE}
          serviceNamespace: ${KUBERNETES_NAMESPACE}
          service: kubernetes-vault
        prometheus:
          tls:
            vaultCertBackend: intermediate-ca
            vaultCertRole: kubernetes-vault
            VaultCABackends: [root-ca]
        """;

    [Fact]
    public void A_file_with_every_key_of_the_original_is_taken_without_a_warning_and_means_the_same()
    {
        var result = Read(EveryKey);
        Assert.Empty(result.Problems.Concat(result.Warnings));
        var configuration = result.Configuration!;
        Assert.Equal(new VaultLogin.Token("s.token"), configuration.Vault.Login);
        Assert.Equal((true, TimeSpan.FromMinutes(2)), (configuration.Vault.SkipTokenRoleNameValidation, configuration.Vault.WrappingTtl));
        Assert.Equal("blue", configuration.Kubernetes.Scope.SingleNamespace);
        Assert.Equal(("0.0.0.0:443", "/var/lib/kubernetes-vault/"), (configuration.Metrics.Address.ToString(), configuration.DataDir));
        // There is no cluster section by default. Only several replicas need one.
        Assert.Null(configuration.Cluster);
        Assert.Equal(StateStore.Sqlite, configuration.Store);
    }

    [Fact]
    public void Files_of_the_original_with_certificates_of_ones_own_are_taken()
    {
        var here = Path.GetTempFileName();
        try
        {
            var result = Read($$$"""
                vault: {addr: "https://vault:8200", token: 91526d9b-4850-3405-02a8-aa29e74e17a5, tls: {caCert: {{{here}}}}}
                kubernetes: {watchNamespace: "~(blue|green)", serviceNamespace: default, service: kubernetes-vault}
                prometheus: {tls: {certFile: {{{here}}}, certKey: {{{here}}}, caCert: {{{here}}}}}
                """);
            Assert.Empty(result.Problems.Concat(result.Warnings));
        }
        finally
        {
            File.Delete(here);
        }
    }

    [Fact]
    public void The_key_of_its_early_releases_is_warned_of_in_the_words_of_the_page()
    {
        var result = Read(EveryKey.Replace("kubernetes:\n", "kubernetes:\n  namespace: default\n", StringComparison.Ordinal));
        Assert.Empty(result.Problems);
        Assert.Contains(Assert.Single(result.Warnings), s_page.CodeSpans);
    }

    private static ConfigurationResult Read(string yaml) =>
        ConfigurationReader.Read(yaml, name => name switch { "VAULT_TOKEN" => "s.token", "KUBERNETES_NAMESPACE" => "blue", _ => null });
}
