using System.Diagnostics;
using AkkaVault.Tests.TestKit;
using Xunit.Abstractions;

namespace AkkaVault.Node.Tests;

/// <summary>The overlay <c>secured</c>, from its installation to its end, with the documentation's own commands.</summary>
[Collection(NodeCollection.Name)]
[Trait("Category", "Long")]
public sealed class SecuredOverlayTests(KubernetesNode node, ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan s_probe = TimeSpan.FromSeconds(30);
    private readonly ControllerPods _controllers = new(node);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => node.Runs ? SecuredInstallation.RemoveAsync(node) : Task.CompletedTask;

    [SkippableFact]
    public async Task The_secured_overlay_serves_pods_survives_the_loss_of_a_controller_and_is_removed()
    {
        node.Need();
        var clock = Stopwatch.StartNew();
        using var secured = new SecuredInstallation(node);
        await secured.InstallAsync();
        var tokens = await secured.TokensAsync();
        Assert.Equal(5, tokens.Count);
        output.WriteLine($"installed, five pods have tokens: {clock.Elapsed.TotalSeconds:0} s");
        await _controllers.AreOneClusterAsync();
        await OnlyControllersAndScrapersConnectAsync(secured);

        await node.KubectlAsync("-n", ControllerPods.Namespace, "delete", "pod", await _controllers.LeaderAsync());
        await node.ControllersAreReadyAsync();
        await _controllers.AreOneClusterAsync();
        await secured.RestartApplicationAsync();
        Assert.Equal(10, tokens.Union(await secured.TokensAsync()).Count());
        output.WriteLine($"a controller replaced, five other pods have others: {clock.Elapsed.TotalSeconds:0} s");

        // Kubernetes has little to do meanwhile, and takes its time for each namespace.
        await Task.WhenAll(secured.UninstallAsync(), secured.RemoveApplicationAndVaultAsync());
        Assert.Equal("", await node.KubectlAsync("get", "namespace", ControllerPods.Namespace, "--ignore-not-found"));
        Assert.Equal("", await node.KubectlAsync("get", "clusterrole,clusterrolebinding", "-o", "name", "--field-selector", "metadata.name=kubernetes-vault"));
    }

    /// <summary>What has no certificate of the right authority reaches neither another controller's port nor the metrics.</summary>
    private async Task OnlyControllersAndScrapersConnectAsync(SecuredInstallation secured)
    {
        await secured.OperatorAsync("""
            vault write -format=json intermediate-ca/issue/kubernetes-vault common_name=prometheus > scraper.json
            vault_field certificate < scraper.json > scraper.crt
            vault_field issuing_ca < scraper.json >> scraper.crt
            vault_field private_key < scraper.json > scraper.key
            vault write -format=json cluster-ca/issue/kubernetes-vault common_name=kubernetes-vault > controller.json
            vault_field certificate < controller.json > controller.crt
            vault_field private_key < controller.json > controller.key
            vault read -field=certificate root-ca/cert/ca > root.crt
            vault read -field=certificate cluster-ca/cert/ca > cluster.crt
            """);
        var address = ControllerPods.AddressOf((await _controllers.ListAsync())[0]);
        string[] scraper = ["--cert", secured.FileOf("scraper.crt"), "--key", secured.FileOf("scraper.key"), "--cacert", secured.FileOf("root.crt")];
        Assert.Equal("200", await StatusAsync($"https://{address}:9102/metrics", scraper));
        Assert.Equal("403", await StatusAsync($"https://{address}:9102/metrics", "--cacert", secured.FileOf("root.crt")));
        await AnswersAsync(secured, address, stays: true, "-cert", secured.FileOf("controller.crt"), "-key", secured.FileOf("controller.key"));
        await AnswersAsync(secured, address, stays: false, "-cert", secured.FileOf("scraper.crt"), "-key", secured.FileOf("scraper.key"));
        await AnswersAsync(secured, address, stays: false);
    }

    /// <summary>
    /// A controller has a certificate of the controllers' authority on its remoting port. It closes a connection of a stranger at once, and that of another controller, which says
    /// nothing, only after three seconds.
    /// </summary>
    private Task AnswersAsync(SecuredInstallation secured, string address, bool stays, params string[] options)
    {
        // The client itself ends as soon as its input does.
        const string Client = "exec openssl s_client \"$@\" < <(exec tail -f /dev/null --pid=$$)";
        const int TimeIsOver = 124;
        string[] arguments = ["-verify_return_error", "-CAfile", secured.FileOf("cluster.crt"), "-connect", $"{address}:2552", .. options];
        return Eventually.TrueAsync(
            () => node.TryAsync(s_probe, "bash", ["tests/EndToEnd.Tests/assets/node.sh", "enter", "timeout", "2", "bash", "-c", Client, "client", .. arguments]),
            ended => ended.Exit == TimeIsOver == stays && ended.Out.Contains("Verify return code: 0 (ok)", StringComparison.Ordinal),
            $"a connection with \"{string.Join(' ', options)}\" {(stays ? "stays" : "is closed")}");
    }

    private Task<string> StatusAsync(string address, params string[] options) => node.EnterAsync(["curl", "-sS", "--max-time", "10", "-o", "/dev/null", "-w", "%{http_code}", .. options, address]);
}
