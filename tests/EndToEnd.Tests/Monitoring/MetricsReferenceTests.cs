using System.Reflection;
using AkkaVault.Sandbox;
using AkkaVault.Shared.Push;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Sandbox;
using Xunit.Abstractions;

namespace AkkaVault.EndToEnd.Tests.Monitoring;

/// <summary><c>docs/metrics.md</c> names exactly the metrics that controllers export.</summary>
public sealed class MetricsReferenceTests(ITestOutputHelper output) : ControllerClusterTest(output)
{
    private const string Forbidden = "forbidden";

    [Fact]
    public async Task Every_metric_and_label_is_documented_and_every_documented_one_is_exported()
    {
        await PrepareAsync(new SandboxSetup
        {
            Controllers = 3,
            Prepare = cluster =>
            {
                cluster.Vault.Setup.EnablePki("root-ca", "intermediate-ca");
                cluster.Vault.Setup.CreatePkiRole("intermediate-ca", "kubernetes-vault");
            },
            ClusterKeys = (_, _) => "tls: {vaultCertBackend: intermediate-ca, vaultCertRole: kubernetes-vault, vaultCABackends: [root-ca]}",
            More = _ => "prometheus:\n  tls: {vaultCertBackend: intermediate-ca, vaultCertRole: kubernetes-vault}",
        });
        for (var index = 0; index < 3; index++) await Cluster.Controllers.StartAsync(index);
        for (var index = 0; index < 3; index++)
        {
            var seenBy = index;
            await Eventually.TrueAsync(() => MembersAsync(seenBy), members => members is { Others.Count: 0, Up.Count: 3 }, $"controller {index} sees all three");
        }

        var leader = await LeaderAsync();
        await ServeAsync();
        await UntilAsync(leader, e => e.Sum("kubernetesvault_leader") == 1, "it says that it leads");

        // One member is killed and downed; another one leaves.
        await Cluster.Controllers.KillAsync((leader + 1) % 3);
        await UntilAsync(leader, e => e.Sum("kubernetesvault_gossip_nodes_reaped_total") == 1 && e.Sum("kubernetesvault_raft_nodes_total") == 2, "the killed one is taken out");
        Assert.Equal(0, await Cluster.Controllers[(leader + 2) % 3].StopAsync());
        await UntilAsync(leader, e => e.Sum("kubernetesvault_gossip_nodes_left_total") == 1 && e.Sum("kubernetesvault_unreachable_members") == 0, "the other one has left");

        // This controller is alone now, so it does all of the following itself.
        await ServeAsync();
        var denied = await Cluster.RunPodAsync(Cluster.Plan("denied") with { Role = Forbidden });
        await Cluster.RunPodAsync(Cluster.Plan("stranger") with { RoleId = "00000000-0000-0000-0000-000000000000" });
        var all = await UntilAsync(
            leader,
            e => Has(e, "kubernetesvault_secret_id_failure_classes_total", ("approle", Forbidden), ("class", "permanent")) && Has(e, "kubernetesvault_push_failure_reasons_total", ("reason", "login-refused"))
                && e.Sum("kubernetesvault_waiting_pods") == 2 && e.Sum("kubernetesvault_shards") > 0 && e.Sum("kubernetesvault_pod_actors") >= 2,
            "one role fails, one pod is refused its login, and both pods wait");
        Assert.True(all.Sum("kubernetesvault_oldest_waiting_seconds") > 0);
        Assert.True(Has(all, "kubernetesvault_runs", ("state", "pending")));
        Assert.Equal(3, all.Sum("kubernetesvault_members_expected"));
        Assert.All(all.Samples.Where(sample => sample.Name == "kubernetesvault_certificate_left_seconds"), sample => Assert.True(sample.Value > 0, sample.Labels["certificate"]));
        Assert.InRange(all.Sum("kubernetesvault_vault_token_left_seconds"), 1, all.Sum("kubernetesvault_vault_token_lifetime_seconds"));
        Compare(all);

        await Cluster.Kubelet.DeleteAsync(denied, default).EndsAsync();
        await UntilAsync(leader, e => e.Sum("kubernetesvault_waiting_pods") == 1, "a pod that is gone waits no more");
    }

    [Fact]
    public void The_documented_reasons_of_pushes_are_those_of_the_code()
    {
        var known = typeof(PushRejection).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)
            // The controller counts this rejection as a success.
            .Except([PushRejection.AlreadyServed])
            .Concat(["not-listening", "no-answer", "not-tls", "too-late", "status-3xx", "status-4xx", "status-5xx", "status-other"]);
        Assert.Equal(known.Order(StringComparer.Ordinal), DocumentedMetric.All["kubernetesvault_push_failure_reasons_total"].Labels["reason"].Order(StringComparer.Ordinal));
    }

    private static void Compare(Exposition exported)
    {
        Assert.Equal(
            DocumentedMetric.OfControllers.Select(metric => $"{metric.Name} {metric.Type}").Order(StringComparer.Ordinal),
            exported.Types.Select(family => $"{family.Key} {family.Value}").Order(StringComparer.Ordinal));
        foreach (var metric in DocumentedMetric.OfControllers)
        {
            var samples = exported.Samples.Where(sample => sample.Family == metric.Name).ToList();
            Assert.True(samples.Count > 0, $"{metric.Name} has no sample");
            Assert.All(samples, sample => Assert.Equal(metric.Labels.Keys.Order(StringComparer.Ordinal), sample.Labels.Keys.Order(StringComparer.Ordinal)));
            foreach (var (label, values) in metric.Labels.Where(label => label.Value.Count > 0))
            {
                var seen = samples.Select(sample => sample.Labels[label]).Distinct().ToList();
                Assert.Empty(seen.Except(values).Select(value => $"{metric.Name}{{{label}=\"{value}\"}} is not documented"));
                // The values of this label depend on the answers of init containers. All other values are exported from the start.
                if (metric.Name != "kubernetesvault_push_failure_reasons_total") Assert.Empty(values.Except(seen).Select(value => $"{metric.Name}{{{label}=\"{value}\"}} is not exported"));
            }
        }
    }

    private static bool Has(Exposition exported, string name, params (string Label, string Value)[] labels) =>
        exported.Samples.Any(sample => sample.Name == name && sample.Value > 0 && labels.All(label => sample.Labels[label.Label] == label.Value));

    private async Task<Exposition> UntilAsync(int index, Func<Exposition, bool> condition, string what)
    {
        Exposition? seen = null;
        await Eventually.TrueAsync(async () => seen = await ScrapeAsync(index), condition!, what);
        return seen!;
    }

    private async Task<Exposition> ScrapeAsync(int index)
    {
        // This test does not check the server's certificate.
        using var http = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } });
        return Exposition.Parse(await http.GetStringAsync(new Uri($"https://{Cluster.Controllers[index].Address.Authority}/metrics"), Deadline));
    }
}
