using System.Globalization;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Logging;
using FsCheck;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Logging;

/// <summary>The first log entry of a controller.</summary>
public class StartupSummaryTests
{
    [Fact]
    public void It_says_what_is_watched_stored_and_how_it_authenticates()
    {
        var (id, text) = Tell("""
            vault: {addr: "https://vault.example.org:8200", namespace: team, wrappingTTL: 90s, tls: {vaultCABackends: [root-ca]}, auth: {kubernetes: {role: controller}}}
            kubernetes: {watchNamespace: "~^team-", serviceNamespace: kubernetes-vault, service: kv, labelSelector: "vault=yes", events: {delivered: true}}
            cluster: {hostname: 10.0.0.1, replicas: 3, downing: lease-majority}
            state: {store: kubernetes}
            metrics: {address: "0.0.0.0:9102"}
            """).Entry;
        Assert.Equal(1000, id);
        Assert.Equal(
            "AkkaVault 1.2.3 starts. Watches: namespaces that match ^team-; label selector: vault=yes. Ledger: ConfigMap kubernetes-vault/kv-ledger. "
            + "Vault: https://vault.example.org:8200, namespace team, pods at auth/approle, wrapping TTL 1m30s, TLS: verified by the CAs of root-ca. "
            + "Authenticates by auth/kubernetes (Kubernetes), role controller. Cluster: 3 controllers, 2 form a cluster, lease-majority; remoting: 10.0.0.1:2552, no TLS. "
            + "Metrics: 0.0.0.0:9102, no TLS. Management: 0.0.0.0:8558, read-only. Events on pods: warnings, deliveries",
            text);
    }

    /// <summary>Each value that is a secret, or could be one by mistake, is a text that appears nowhere else.</summary>
    [Property(MaxTest = 300)]
    public void No_secret_of_a_configuration_is_in_it(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var secrets = new List<string>();
        string Secret()
        {
            secrets.Add($"SECRET{seed.Item.ToString("x", CultureInfo.InvariantCulture)}N{secrets.Count}E");
            return secrets[^1];
        }

        var file = Path.Combine(Path.GetTempPath(), Secret());
        File.WriteAllText(file, "");
        try
        {
            var login = random.Next(4) switch
            {
                0 => $"token: {Secret()}",
                1 => $"tokenFile: /run/{Secret()}",
                2 => $"auth: {{kubernetes: {{role: r, jwtPath: /run/{Secret()}}}}}",
                _ => $"auth: {{approle: {{roleIdFile: /run/{Secret()}, secretIdFile: /run/{Secret()}}}}}",
            };
            var address = random.Next(2) == 0 ? "https://vault:8200" : $"https://vault:8200/{Secret()}";
            var tls = random.Next(2) == 0 ? "" : $"prometheus: {{tls: {{certFile: \"{file}\", certKey: \"{file}\", caCert: \"{file}\"}}}}";
            var cluster = random.Next(2) == 0 ? "" : $"cluster: {{hostname: 10.0.0.1, tls: {{certFile: \"{file}\", certKey: \"{file}\", caCert: \"{file}\"}}}}";
            var ca = random.Next(2) == 0 ? "" : $", tls: {{caCert: \"{file}\"}}";
            var (entry, properties) = Tell($$"""
                dataDir: /data/{{Secret()}}
                vault: {addr: "{{address}}", {{login}}{{ca}}}
                kubernetes: {watchNamespace: default, serviceNamespace: kubernetes-vault, service: kv}
                {{tls}}
                {{cluster}}
                """);
            Assert.DoesNotContain(secrets, secret => entry.Text.Contains(secret, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(secrets, secret => properties.Any(property => property.Value?.ToString()?.Contains(secret, StringComparison.OrdinalIgnoreCase) == true));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static ((int Id, string Text) Entry, IReadOnlyList<KeyValuePair<string, object?>> Properties) Tell(string yaml)
    {
        var result = ConfigurationReader.Read(yaml, _ => null);
        Assert.Empty(result.Problems);
        var log = new RecordingLog<StartupSummary>();
        StartupSummary.Of(result.Configuration!, "1.2.3").Tell(log);
        return (Assert.Single(log.Entries), log.Properties[0]);
    }
}
