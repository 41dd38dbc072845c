using System.Diagnostics;
using System.Security.Cryptography;
using AkkaVault.EndToEnd.Tests.Manifests;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Kubernetes;
using YamlDotNet.Serialization;

namespace AkkaVault.EndToEnd.Tests.Cli;

/// <summary>The program as kubectl's plugin, run by a real kubectl. Without the native file, a script of its name runs the build.</summary>
public sealed class KubectlPluginTests : IDisposable
{
    private const string NotBuilt = "dotnet cake --target=KubectlPlugin has not been run since the sources changed";

    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-plugin-").FullName;

    private string Plugin => Path.Combine(_directory, "kubectl-akkavault");

    public KubectlPluginTests()
    {
        if (CliProcess.Native is { } native)
        {
            File.CreateSymbolicLink(Plugin, native);
            return;
        }

        File.WriteAllText(Plugin, $"#!/bin/sh\nexec {CliProcess.Command.FileName} {string.Join(' ', CliProcess.Command.Arguments)} \"$@\"\n");
        File.SetUnixFileMode(Plugin, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [SkippableFact]
    public async Task Kubectl_runs_it_with_its_own_options_behind_the_name()
    {
        Skip.If(Kubectl.Missing is not null, Kubectl.Missing);
        Skip.If(RealApiServer.Missing is not null, RealApiServer.Missing);
        await using var api = await RealApiServer.StartAsync();
        var (exit, output, errors) = await KubectlAsync("akkavault", "pods", "--kubeconfig", api.AdminKubeconfig, "--context", "real", "-n", "team-vault");
        Assert.True((exit, output) == (3, ""), $"{exit}\n{output}\n{errors}");
        Assert.Contains("no controller runs in team-vault", errors, StringComparison.Ordinal);
        Assert.Contains(Plugin, (await KubectlAsync("plugin", "list")).Out, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Kubectl_completes_its_commands_options_and_values()
    {
        Skip.If(Kubectl.Missing is not null, Kubectl.Missing);
        var script = Path.Combine(_directory, "kubectl_complete-akkavault");
        var printed = await ProgramRun.ToEndAsync(new ProcessStartInfo(Plugin, ["completion"]));
        Assert.Equal((0, ""), (printed.Exit, printed.Error));
        await File.WriteAllTextAsync(script, printed.Out);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        async Task<string> CompleteAsync(params string[] words)
        {
            var (exit, output, errors) = await KubectlAsync(["__complete", "akkavault", .. words]);
            Assert.True(exit == 0, errors);
            return output.Replace("\n", " ", StringComparison.Ordinal).TrimEnd();
        }

        Assert.Equal("pods :4", await CompleteAsync("po"));
        Assert.Equal("down down-unreachable leave show :4", await CompleteAsync("cluster", ""));
        Assert.Equal("--failing :4", await CompleteAsync("--context", "x", "pods", "--f"));
        Assert.Equal("json table :4", await CompleteAsync("pods", "--output", ""));
        Assert.EndsWith(":0", await CompleteAsync("check", "--config", ""), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_Krew_manifest_has_the_hash_of_the_archive_and_the_archive_the_file()
    {
        Skip.If(CliProcess.Native is null, NotBuilt);
        var folder = Path.GetDirectoryName(CliProcess.Native)!;
        var manifest = new Deserializer().Deserialize<Dictionary<string, object>>(await File.ReadAllTextAsync(Path.Combine(folder, "akkavault.yaml")));
        var platform = (Dictionary<object, object>)((List<object>)((Dictionary<object, object>)manifest["spec"])["platforms"])[0];
        var archive = Path.Combine(folder, new Uri((string)platform["uri"]).Segments[^1]);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(archive))), platform["sha256"]);
        var unpacked = await ProgramRun.ToEndAsync(new ProcessStartInfo("tar", ["-xzf", archive, "-C", Directory.CreateDirectory(Path.Combine(_directory, "krew")).FullName]));
        Assert.True(unpacked.Exit == 0, unpacked.Error);
        Assert.Equal(["LICENSE", "kubectl-akkavault"], Directory.GetFiles(Path.Combine(_directory, "krew")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(0, (await ProgramRun.ToEndAsync(new ProcessStartInfo(Path.Combine(_directory, "krew", (string)platform["bin"]), ["--version"]))).Exit);
        Assert.DoesNotContain('$', await File.ReadAllTextAsync(Path.Combine(folder, "akkavault.yaml")));
    }

    [SkippableFact]
    public async Task The_native_file_needs_no_NET_and_starts_within_the_time_that_is_promised()
    {
        Skip.If(CliProcess.Native is null, NotBuilt);
        var times = new List<TimeSpan>();
        for (var run = 0; run < 5; run++)
        {
            var start = new ProcessStartInfo(Plugin, ["--version"]);
            start.Environment["DOTNET_ROOT"] = start.Environment["PATH"] = "/nonexistent";
            var watch = Stopwatch.StartNew();
            var (exit, output, _) = await ProgramRun.ToEndAsync(start);
            times.Add(watch.Elapsed);
            Assert.Equal(0, exit);
            Assert.StartsWith("0.1.0", output, StringComparison.Ordinal);
        }

        // Another process may be in the way of one of them.
        Assert.InRange(times.Min(), TimeSpan.Zero, TimeSpan.FromSeconds(0.3));
    }

    private Task<ProgramRun.Result> KubectlAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Kubectl.Folder, "kubectl"), arguments);
        start.Environment["PATH"] = $"{_directory}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment.Remove("AKKAVAULT_URL");
        return ProgramRun.ToEndAsync(start);
    }
}
