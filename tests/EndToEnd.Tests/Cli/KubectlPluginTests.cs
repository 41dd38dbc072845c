using System.Diagnostics;
using AkkaVault.EndToEnd.Tests.Manifests;
using AkkaVault.Tests.TestKit;
using AkkaVault.Tests.TestKit.Kubernetes;

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
