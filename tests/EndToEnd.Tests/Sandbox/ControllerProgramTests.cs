using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Sandbox.Vault;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>The controller's command line and its exit codes.</summary>
public sealed class ControllerProgramTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-controller-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("--config")]
    [InlineData("-config")]
    public async Task Wrong_configuration_ends_with_2_and_every_problem_at_once(string option)
    {
        var (exit, output) = await RunAsync(option, Write("""
            vault:
              addr: vault
              wrappingTTL: soon
              tls:
                caCert: /nowhere.pem
                vaultCABackends: [root-ca]
            kubernetes:
              watchNamespaces: default
            """));
        Assert.Equal(2, exit);
        foreach (var expected in new[]
        {
            "vault.addr: \"vault\"", "vault.token: is missing", "vault.wrappingTTL: \"soon\"", "vault.tls.caCert: \"/nowhere.pem\"",
            "vault.tls.caCert, vault.tls.vaultCABackends: both are set", "kubernetes.watchNamespace: is missing",
            "kubernetes.serviceNamespace: is missing", "kubernetes.service: is missing",
            "kubernetes.watchNamespaces: unknown key, ignored; did you mean kubernetes.watchNamespace?",
        })
        {
            Assert.Contains(expected, output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_missing_file_ends_with_2_and_names_it()
    {
        var (exit, output) = await RunAsync("--config", Path.Combine(_directory, "none.yml"));
        Assert.Equal(2, exit);
        Assert.Contains("none.yml\": expected a file that exists", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_root_token_ends_with_1_and_says_how_to_mend_it()
    {
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), default);
        await using var api = await SimulatedApiServer.StartAsync();
        var kubeconfig = Path.Combine(_directory, "kubeconfig");
        api.WriteKubeconfig(kubeconfig);
        await using var controller = ControllerProcess.Start(_directory, vault.Address, vault.RootToken, kubeconfig);
        Assert.Equal(1, await controller.Process.ExitAsync().EndsAsync());
        var output = string.Join('\n', controller.Process.Output);
        Assert.Contains("vault.token holds the root policy; create a token from a token role", output, StringComparison.Ordinal);
        Assert.DoesNotContain(vault.RootToken, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--log-level", "trace", "--log-level: Argument 'trace' not recognized. Must be one of: 'debug' 'info' 'error'")]
    [InlineData("-log-level", "", "--log-level: Argument '' not recognized. Must be one of: 'debug' 'info' 'error'")]
    [InlineData("--log-format", "xml", "--log-format: Argument 'xml' not recognized. Must be one of: 'text' 'json'")]
    [InlineData("--verbose", "x", "Unrecognized command or argument '--verbose'.")]
    public async Task A_wrong_command_line_ends_with_2_as_a_wrong_configuration_does(string option, string value, string says)
    {
        var (exit, output) = await RunAsync(option, value);
        Assert.Equal(2, exit);
        Assert.Equal(says, output.Split('\n')[0]);
    }

    [Theory]
    [InlineData("-log-level", "ERROR")]
    [InlineData("--log-level", "Debug")]
    [InlineData("--log-format", "JSON")]
    public async Task Values_are_taken_in_any_case_as_the_original_does(string option, string value)
    {
        var (exit, output) = await RunAsync("-config", Path.Combine(_directory, "none.yml"), option, value);
        Assert.Equal(2, exit);
        Assert.Equal($"--config: \"{Path.Combine(_directory, "none.yml")}\": expected a file that exists", output);
    }

    [Theory]
    [InlineData("info", true, false)]
    [InlineData("debug", true, true)]
    [InlineData("error", false, false)]
    [InlineData("ERROR", false, false)]
    public async Task The_log_level_is_that_of_our_own_lines(string level, bool info, bool debug)
    {
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), default);
        await using var api = await SimulatedApiServer.StartAsync();
        var kubeconfig = Path.Combine(_directory, "kubeconfig");
        api.WriteKubeconfig(kubeconfig);
        await using var controller = ControllerProcess.Start(_directory, vault.Address, vault.Setup.CreateControllerToken([]), kubeconfig, logLevel: level);
        await controller.ReadyAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);
        Assert.Equal(0, await controller.StopAsync());
        Assert.Equal(info, controller.Process.Output.Any(line => line.Contains(" info: AkkaVault.", StringComparison.Ordinal)));
        Assert.Equal(debug, controller.Process.Output.Any(line => line.Contains(" dbug: AkkaVault.", StringComparison.Ordinal)));
        Assert.DoesNotContain(controller.Process.Output, line => line.Contains("Overriding address", StringComparison.Ordinal));
        // StandaloneCheckActorTests test the check itself.
        Assert.Equal(debug, controller.Process.Output.Any(line => line.Contains("This controller has no cluster section; its Service default/kubernetes-vault is checked in 60 s", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task It_is_ready_when_it_has_listed_the_pods_and_not_before()
    {
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), default);
        await using var api = await SimulatedApiServer.StartAsync();
        var kubeconfig = Path.Combine(_directory, "kubeconfig");
        api.WriteKubeconfig(kubeconfig);
        var away = true;
        api.Fault = request => away && request.Path.Value!.EndsWith("/pods", StringComparison.Ordinal) ? 503 : null;
        await using var controller = ControllerProcess.Start(_directory, vault.Address, vault.Setup.CreateControllerToken([]), kubeconfig);
        await Eventually.TrueAsync(() => controller.Process.Output.Any(line => line.Contains("trying again", StringComparison.Ordinal)), "it tries to list the pods");
        using var http = new HttpClient();
        await Eventually.TrueAsync(
            async () =>
            {
                using var answer = await http.GetAsync(new Uri(controller.Address, "healthz/ready"));
                return await answer.Content.ReadAsStringAsync() == "pods have not been listed yet";
            },
            "it says what it waits for");

        away = false;
        await controller.ReadyAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);
    }

    /// <summary>In the image the working directory is "/". By default .NET's host watches it, /proc and /sys included, for an appsettings.json that changes.</summary>
    [Fact]
    public async Task It_watches_no_files()
    {
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), default);
        await using var api = await SimulatedApiServer.StartAsync();
        var kubeconfig = Path.Combine(_directory, "kubeconfig");
        api.WriteKubeconfig(kubeconfig);
        await using var controller = ControllerProcess.Start(_directory, vault.Address, vault.Setup.CreateControllerToken([]), kubeconfig);
        await controller.ReadyAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);

        var open = Directory.GetFiles($"/proc/{controller.Process.Id}/fd").Select(descriptor => new FileInfo(descriptor).LinkTarget).ToList();
        Assert.Contains(open, target => target?.StartsWith("socket:", StringComparison.Ordinal) == true);
        Assert.DoesNotContain(open, target => target?.Contains("inotify", StringComparison.Ordinal) == true);
    }

    /// <summary>By default .NET waits for 100 ms, and a storm of pods takes a third more of processor time (docs/measurements.md). The project sets it only for the publish profile "image".</summary>
    [Fact]
    public void The_image_s_program_counts_calls_only_after_a_second_without_new_methods()
    {
        using var configuration = JsonDocument.Parse(File.ReadAllText(ControllerProgram.Command.FileName + ".runtimeconfig.json"));
        var properties = configuration.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");
        Assert.Equal(1000, properties.GetProperty("System.Runtime.TieredCompilation.CallCountingDelayMs").GetInt32());
    }

    [Fact]
    public async Task Asked_to_stop_while_it_starts_it_ends_without_an_error()
    {
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), default);
        await using var api = await SimulatedApiServer.StartAsync();
        var kubeconfig = Path.Combine(_directory, "kubeconfig");
        api.WriteKubeconfig(kubeconfig);
        await using var controller = ControllerProcess.Start(_directory, vault.Address, vault.Setup.CreateControllerToken([]), kubeconfig, logLevel: "info");
        await Eventually.TrueAsync(() => controller.Process.Output.Any(line => line.Contains(" starts. ", StringComparison.Ordinal)), "it starts");

        Assert.Equal(0, await controller.StopAsync());
        Assert.DoesNotContain(controller.Process.Output, line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains("Exception", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Alone_it_ends_at_once_although_a_pod_actor_still_pushes_while_shards_are_asked_for()
    {
        // This pod accepts a connection and then does not answer.
        var ip = $"127.88.{Random.Shared.Next(256)}.{Random.Shared.Next(1, 255)}";
        using var mute = new TcpListener(IPAddress.Parse(ip), 50000);
        mute.Start();
        await using var vault = await SimulatedVault.StartAsync(new SimulatedVaultOptions(), default);
        vault.Setup.EnableAppRole();
        vault.Setup.CreateAppRole("web");
        await using var api = await SimulatedApiServer.StartAsync();
        var kubeconfig = Path.Combine(_directory, "kubeconfig");
        api.WriteKubeconfig(kubeconfig);
        using var kubernetes = new HttpClient { BaseAddress = api.Address };
        kubernetes.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", api.Token);
        using var ended = new CancellationTokenSource();
        await new SimulatedKubelet(kubernetes, new ProgramCommand("sleep", ["600"]), _directory, TimeProvider.System)
            .RunAsync(new PodPlan("default", "mute", "web", vault.Setup.ReadRoleId("web"), ip), ended.Token);
        await using var controller = ControllerProcess.Start(_directory, vault.Address, vault.Setup.CreateControllerToken(["web"]), kubeconfig);
        await Eventually.TrueAsync(mute.Pending, "it pushes");

        var stopping = TimeProvider.System.GetTimestamp();
        Assert.Equal(0, await controller.StopAsync());
        Assert.InRange(TimeProvider.System.GetElapsedTime(stopping), TimeSpan.Zero, TimeSpan.FromSeconds(7));
        Assert.DoesNotContain(controller.Process.Output, line => line.Contains("Graceful shutdown of shard region timed out", StringComparison.Ordinal));
        await ended.CancelAsync();
    }

    [Fact]
    public async Task Version_is_told()
    {
        var (exit, output) = await RunAsync("version");
        Assert.Equal(0, exit);
        Assert.Matches(@"^\d+\.\d+\.\d+", output);
    }

    private string Write(string yaml)
    {
        var file = Path.Combine(_directory, "kubernetes-vault.yml");
        File.WriteAllText(file, yaml);
        return file;
    }

    private static async Task<(int Exit, string Output)> RunAsync(params string[] arguments)
    {
        await using var process = ChildProcess.Start(ControllerProgram.Command, arguments, new Dictionary<string, string>());
        var exit = await process.ExitAsync().EndsAsync();
        return (exit, string.Join('\n', process.Output));
    }
}
