using System.Diagnostics;
using AkkaVault.Sandbox.Kubernetes;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.Simulators.Tests.Programs;

/// <summary>
/// A test that starts a process also ends it, even when the test fails. A process that is left over holds ports that the next test needs.
/// </summary>
public sealed class ProcessEndTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-ends-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task No_init_container_outlives_its_kubelet()
    {
        await using var api = await SimulatedApiServer.StartAsync();
        using var admin = new HttpClient { BaseAddress = api.Address, DefaultRequestHeaders = { Authorization = new("Bearer", api.Token) } };
        var pods = new List<SimulatedPod>();
        var processes = new List<int>();
        await using (var kubelet = new SimulatedKubelet(admin, new ProgramCommand("sleep", ["600"]), _directory, TimeProvider.System))
        {
            for (var i = 0; i < 3; i++) pods.Add(await kubelet.RunAsync(new PodPlan("default", $"web-{i}", "web", "role-id", "127.0.0.1"), default));
            foreach (var pod in pods)
            {
                await Eventually.TrueAsync(() => pod.Process is not null, "its init container runs");
                processes.Add(pod.Process!.Id);
            }

            Assert.All(processes, process => Assert.True(Runs(process)));
        }

        Assert.All(pods, pod => Assert.True(pod.Running.IsCompleted));
        Assert.DoesNotContain(processes, Runs);
    }

    [Fact]
    public async Task A_program_that_does_not_end_is_killed_with_what_it_started()
    {
        var file = Path.Combine(_directory, "processes");
        var run = ProgramRun.ToEndAsync(new ProcessStartInfo("/bin/sh", ["-c", $"sleep 600 & echo $$ $! > {file}; wait"]), TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<TimeoutException>(() => run);
        var processes = (await File.ReadAllTextAsync(file)).Split().Where(id => id.Length > 0).Select(int.Parse).ToList();
        Assert.Equal(2, processes.Count);
        await Eventually.TrueAsync(() => !processes.Exists(Runs), "both have ended");
    }

    private static bool Runs(int process)
    {
        try
        {
            // A zombie has ended. It only was not reaped yet.
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return false;
        }
    }
}
