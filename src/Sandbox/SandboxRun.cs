using System.Diagnostics;
using AkkaVault.Sandbox.Chaos;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Network;
using Spectre.Console;

namespace AkkaVault.Sandbox;

/// <summary>The default command of the sandbox: it runs pods until each of them has its token.</summary>
internal static class SandboxRun
{
    /// <summary>Runs the pods and prints the progress.</summary>
    /// <returns>0 when <see cref="SandboxSummary.Ok"/> holds, 130 when the run was interrupted while it started or during faults, else 1.</returns>
    public static async Task<int> RunAsync(SandboxOptions options, CancellationToken interrupted)
    {
        // With --json, stdout gets only the summary.
        void Say(string line) => (options.Json ? Console.Error : Console.Out).WriteLine(line);
        try
        {
            var networkMissing = options.Chaos is null ? null : await SandboxNetwork.MissingAsync().ConfigureAwait(false);
            if (networkMissing is not null) Say($"no controller is partitioned: {networkMissing}");
            var setup = new SandboxSetup { Controllers = options.Controllers, Network = options.Chaos is not null && networkMissing is null }.WithPage(out var page);
            await using var cluster = await SandboxCluster.StartAsync(Say, interrupted, setup).ConfigureAwait(false);
            Say($"Vault {cluster.Vault.Address}, API server {cluster.ApiServer.Address}, {string.Join(", ", cluster.Controllers.Running.Select(controller => $"controller {controller.Address} (process {controller.Process.Id})"))}");
            Say($"page {page(cluster)}");
            if (options.Open) SandboxPage.Open(page(cluster), Say);
            var clock = Stopwatch.StartNew();
            ChaosReport? chaos = null;
            SidecarAudit? sidecars = null;
            if (options.Chaos is { } plan) chaos = await new ChaosEngine(cluster, plan, line => Say($"{clock.Elapsed.TotalSeconds,6:F1} s {line}")).RunAsync(interrupted).ConfigureAwait(false);
            else sidecars = await ServeBesideSidecarsAsync(cluster, options, Say, interrupted).ConfigureAwait(false);
            var summary = await SummarizeAsync(cluster, chaos?.Delivery.Pods ?? options.Pods, clock.Elapsed).ConfigureAwait(false) with { Chaos = chaos, Sidecars = sidecars };
            foreach (var pod in cluster.Pods.Where(pod => pod.ServedAt is null && !IsSidecar(pod))) Say($"not served: {pod.Plan.Name} at {pod.Plan.Ip}");
            Console.WriteLine(options.Json ? System.Text.Json.JsonSerializer.Serialize(summary, SandboxJson.Default.SandboxSummary) : summary.ToString());
            if (options.KeepRunning && !interrupted.IsCancellationRequested)
            {
                Say($"export KUBECONFIG={cluster.Kubeconfig} VAULT_ADDR={cluster.Vault.Address} VAULT_TOKEN={cluster.Vault.RootToken}");
                Say($"metrics: {string.Join(", ", cluster.Controllers.Running.Select(controller => $"{controller.Address}metrics"))}; Ctrl-C stops everything");
                await Task.Delay(Timeout.Infinite, interrupted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            return summary.Ok ? 0 : 1;
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            Say("interrupted");
            return 130;
        }
        catch (InvalidOperationException e)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return 1;
        }
    }

    private static async Task<SidecarAudit?> ServeBesideSidecarsAsync(SandboxCluster cluster, SandboxOptions options, Action<string> say, CancellationToken interrupted)
    {
        var sidecars = new SidecarPods(cluster);
        await sidecars.StartAsync(options.Sidecars, interrupted).ConfigureAwait(false);
        using var served = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        var observing = sidecars.ObserveAsync(served.Token);
        await ServeAsync(cluster, options, say, interrupted).ConfigureAwait(false);
        await served.CancelAsync().ConfigureAwait(false);
        return await observing.ConfigureAwait(false);
    }

    // A sidecar does not exit, so its pod never counts as served.
    private static bool IsSidecar(SimulatedPod pod) => pod.Plan.Role == SidecarPods.Role;

    private static async Task ServeAsync(SandboxCluster cluster, SandboxOptions options, Action<string> say, CancellationToken interrupted)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        deadline.CancelAfter(options.Timeout);
        var running = RunPodsAsync(cluster, options, deadline.Token);
        await ShowAsync(cluster, options, running, say).ConfigureAwait(false);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task RunPodsAsync(SandboxCluster cluster, SandboxOptions options, CancellationToken cancellation)
    {
        var pods = new List<SimulatedPod>();
        for (var i = 0; i < options.Pods; i++)
        {
            pods.Add(await cluster.RunPodAsync(cluster.Plan($"{SandboxCluster.Role}-{i}")).ConfigureAwait(false));
            if (options.Rate > 0) await Task.Delay(TimeSpan.FromSeconds(1 / options.Rate), cancellation).ConfigureAwait(false);
        }

        await Task.WhenAll(pods.Select(pod => pod.Running)).WaitAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task ShowAsync(SandboxCluster cluster, SandboxOptions options, Task running, Action<string> say)
    {
        if (options.Json || Console.IsOutputRedirected)
        {
            string? members = null;
            for (var shown = -1; ;)
            {
                await Task.WhenAny(running, Task.Delay(1000)).ConfigureAwait(false);
                var served = cluster.Pods.Count(pod => pod.ServedAt is not null);
                if (await MembersAsync(cluster).ConfigureAwait(false) is var now && now != members) say(now!);
                if (served != shown) say($"{served} of {options.Pods} pods served");
                (shown, members) = (served, now);
                if (running.IsCompleted) return;
            }
        }

        await AnsiConsole.Live(Table(cluster, options, null)).StartAsync(async live =>
        {
            do
            {
                await Task.WhenAny(running, Task.Delay(200)).ConfigureAwait(false);
                live.UpdateTarget(Table(cluster, options, await MembersAsync(cluster).ConfigureAwait(false)));
            }
            while (!running.IsCompleted);
        }).ConfigureAwait(false);
    }

    private static async Task<string?> MembersAsync(SandboxCluster cluster) =>
        await cluster.Controllers.MembersAsync(CancellationToken.None).ConfigureAwait(false) is { } members
            ? $"{members}; {await cluster.Controllers.ShardsAsync(CancellationToken.None).ConfigureAwait(false)}"
            : null;

    private static Table Table(SandboxCluster cluster, SandboxOptions options, string? members)
    {
        const int Rows = 15;
        var pods = cluster.Pods.Where(pod => !IsSidecar(pod)).ToList();
        var table = new Table().AddColumns("pod", "address", "state", "after").Border(TableBorder.Rounded)
            .Caption($"{pods.Count(pod => pod.ServedAt is not null)} of {options.Pods} served");
        if (members is not null) table.Title(members);
        foreach (var pod in pods.TakeLast(Rows))
        {
            var after = (pod.ServedAt ?? DateTimeOffset.UtcNow) - pod.StartedAt;
            table.AddRow(pod.Plan.Name, pod.Plan.Ip, pod.ServedAt is null ? "[yellow]waiting[/]" : "[green]served[/]", after is { } time ? $"{time.TotalMilliseconds:F0} ms" : "");
        }

        return table;
    }

    private static async Task<SandboxSummary> SummarizeAsync(SandboxCluster cluster, int pods, TimeSpan elapsed)
    {
        var served = cluster.Pods.Where(pod => pod.ServedAt is not null).ToList();
        var latencies = new Percentiles(served.Select(pod => (pod.ServedAt! - pod.StartedAt!).Value));
        double Milliseconds(double share) => Math.Round(latencies.At(share).TotalMilliseconds, 1);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        var retries = await Task.WhenAll(cluster.Controllers.Running.Select(controller =>
            controller.MetricAsync("kubernetesvault_server_secret_push_failures_total", deadline.Token))).ConfigureAwait(false);
        return new SandboxSummary(
            pods, served.Count,
            served.Count(pod => SandboxCluster.TokenOf(pod) is { } token && cluster.Vault.IsLiveToken(token.ClientToken)),
            served.Sum(pod => pod.Restarts), (long)retries.Sum(),
            Milliseconds(0.5), Milliseconds(0.95), Milliseconds(0.99), Math.Round(elapsed.TotalSeconds, 2));
    }
}
