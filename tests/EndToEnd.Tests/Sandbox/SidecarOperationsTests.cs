using System.Globalization;
using System.Text.Json.Nodes;
using AkkaVault.EndToEnd.Tests.Cli;
using AkkaVault.EndToEnd.Tests.Monitoring;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Shared.Push;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>What controllers and a sidecar tell people of the sidecar's token and its next delivery, with lives of seconds.</summary>
public sealed class SidecarOperationsTests : IAsyncLifetime
{
    private const string Pod = "beside";
    private static readonly TimeSpan s_maxTtl = TimeSpan.FromSeconds(36);

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(4));
    // The sidecar's certificate is its own.
    private readonly HttpClient _http = new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } });
    private SandboxCluster _cluster = null!;
    private Uri _management = null!;

    public async Task InitializeAsync()
    {
        var setup = new SandboxSetup
        {
            Prepare = cluster => cluster.Vault.Setup.CreateAppRole(
                SandboxCluster.Role, new AppRoleSettings { Period = TimeSpan.Zero, TokenTtl = TimeSpan.FromSeconds(10), TokenMaxTtl = s_maxTtl }),
            More = _ => "state:\n  store: kubernetes",
        };
        _cluster = await SandboxCluster.StartAsync(_ => { }, _deadline.Token, setup.WithPage(out var page));
        _management = page(_cluster);
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _http.Dispose();
        _deadline.Dispose();
    }

    [Fact]
    public async Task When_the_next_delivery_is_due_is_told_by_sidecar_and_controllers_after_a_restart_too_and_then_it_is_counted()
    {
        var pod = await _cluster.RunPodAsync(_cluster.Plan(Pod) with { Environment = new Dictionary<string, string> { ["MODE"] = "sidecar" } });
        var run = await UntilAsync("pods/default/" + Pod, told => (string?)told["runs"]?[0]?["state"] == "ended", "the sidecar is served");
        var due = (DateTime)run["runs"]![0]!["nextDeliveryAt"]!;
        Assert.InRange(due, DateTime.UtcNow, DateTime.UtcNow + s_maxTtl);
        Assert.Equal((false, false), ((bool)run["runs"]![0]!["isOverdue"]!, (bool)run["runs"]![0]!["isRedelivery"]!));

        var scraped = await ManagementPorts.SeenAsync(() => ScrapeAsync(pod), seen => Of(seen, "renewals_total", "success") > 0, "the sidecar has renewed its token");
        Assert.Equal(
            DocumentedMetric.OfSidecars.Select(metric => $"{metric.Name} {metric.Type} {string.Join(' ', metric.Labels.SelectMany(label => label.Value.Select(value => $"{label.Key}={value}")))}").Order(StringComparer.Ordinal),
            scraped.Types.Select(type => $"{type.Key} {type.Value} {string.Join(' ', scraped.Samples.Where(sample => sample.Name == type.Key).SelectMany(sample => sample.Labels.Select(label => $"{label.Key}={label.Value}")))}").Order(StringComparer.Ordinal));
        Assert.Equal((0, 1, 10), (Of(scraped, "renewals_total", "failure"), Of(scraped, "deliveries_total"), Of(scraped, "token_lifetime_seconds")));
        var now = (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
        Assert.InRange(Of(scraped, "token_expires_timestamp_seconds"), now, now + 10);
        // The controllers may come a tenth of the time earlier than the sidecar asks for.
        var dueSeconds = (due - DateTime.UnixEpoch).TotalSeconds;
        Assert.InRange(Of(scraped, "next_delivery_timestamp_seconds"), dueSeconds - 1, dueSeconds + (s_maxTtl.TotalSeconds / 10));

        await _cluster.CrashControllerAsync();
        var ledger = (await UntilAsync("status", told => told["ledger"] is not null, "the next controller leads"))["ledger"]!;
        Assert.Equal((0, 1), ((int)ledger["pending"]!, (int)ledger["delivered"]!));
        // The ledger keeps whole seconds.
        Assert.InRange((DateTime)ledger["nextDeliveryAt"]!, due, due.AddSeconds(1));
        Assert.Equal([1, 0, 0], await MetricsAsync("kubernetesvault_redeliveries_waiting", "kubernetesvault_redeliveries_overdue", "kubernetesvault_redeliveries_total"));
        var explained = await CliProcess.RunAsync(
            new Dictionary<string, string> { ["KUBECONFIG"] = _cluster.Kubeconfig }, "explain", "pod", $"default/{Pod}", "--output", "json", "--url", $"{_management}");
        Assert.Contains("the sidecar is to get another one at", (string?)explained.Json["findings"]!.AsArray().Single(finding => (string?)finding!["code"] == "delivered")!["sentence"], StringComparison.Ordinal);
        Assert.Equal(0, explained.Exit);

        await Eventually.TrueAsync(() => MetricsAsync("kubernetesvault_redeliveries_total"), seen => seen[0] == 1, "the sidecar has another secret");
        var again = await UntilAsync("pods/default/" + Pod, told => (string?)told["runs"]?[0]?["state"] == "ended", "the delivery is in the ledger");
        Assert.True((bool)again["runs"]![0]!["isRedelivery"]!);
        Assert.True((DateTime)again["runs"]![0]!["nextDeliveryAt"]! > due);
        Assert.Equal(2, Of(await ScrapeAsync(pod), "deliveries_total"));
        Assert.Equal(0, pod.Restarts);
    }

    [Fact]
    public async Task Nobody_else_than_a_scraper_of_a_sidecar_gets_metrics()
    {
        var init = await _cluster.RunPodAsync(_cluster.Plan("init") with { Role = "denied" });
        var sidecar = await _cluster.RunPodAsync(_cluster.Plan("denied") with { Role = "denied", Environment = new Dictionary<string, string> { ["MODE"] = "sidecar" } });
        Assert.Equal(0, Of(await ScrapeAsync(sidecar), "deliveries_total"));
        using var head = await SendAsync(sidecar, HttpMethod.Head, "metrics");
        Assert.Equal((200, 0), ((int)head.StatusCode, (await head.Content.ReadAsByteArrayAsync()).Length));
        foreach (var (pod, method, path, status) in new[] { (sidecar, HttpMethod.Post, "metrics", 404), (sidecar, HttpMethod.Get, "", 405), (init, HttpMethod.Get, "metrics", 404) })
        {
            using var answer = await SendAsync(pod, method, path);
            Assert.Equal(status, (int)answer.StatusCode);
        }
    }

    private async Task<Exposition> ScrapeAsync(SimulatedPod pod)
    {
        using var answer = await SendAsync(pod, HttpMethod.Get, "metrics");
        return Exposition.Parse(await answer.Content.ReadAsStringAsync(_deadline.Token));
    }

    private async Task<HttpResponseMessage> SendAsync(SimulatedPod pod, HttpMethod method, string path) => (await ManagementPorts.SeenAsync(
        async () =>
        {
            using var request = new HttpRequestMessage(method, new Uri($"https://{pod.Plan.Ip}:{SecretPush.Port}/{path}"));
            try
            {
                return await _http.SendAsync(request, _deadline.Token);
            }
            catch (HttpRequestException)
            {
                // The container starts.
                return null;
            }
        },
        answer => answer is not null, "the container answers"))!;

    private static double Of(Exposition scraped, string name, string? result = null) =>
        scraped.Samples.Single(sample => sample.Name == $"akkavault_sidecar_{name}" && sample.Labels.GetValueOrDefault("result") == result).Value;

    private async Task<JsonNode> UntilAsync(string path, Func<JsonNode, bool> condition, string what) => await ManagementPorts.SeenAsync(
        async () =>
        {
            try
            {
                using var answer = await _http.GetAsync(new Uri(_management, path), _deadline.Token);
                return JsonNode.Parse(await answer.Content.ReadAsStringAsync(_deadline.Token))!;
            }
            catch (HttpRequestException)
            {
                // The controller starts.
                return new JsonObject();
            }
        },
        condition, what);

    private async Task<IReadOnlyList<double>> MetricsAsync(params string[] names)
    {
        var lines = (await _http.GetStringAsync(new Uri(_cluster.Controller.Address, "metrics"), _deadline.Token)).Split('\n');
        return [.. names.Select(name => double.Parse(lines.Single(line => line.StartsWith($"{name} ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture))];
    }
}
