using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AkkaVault.Sandbox;
using AkkaVault.Sandbox.Programs;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Sandbox;

/// <summary>The sandbox as a program: its output and its exit codes, and that nothing is left after its end.</summary>
public sealed class SandboxProgramTests
{
    private static readonly ProgramCommand s_sandbox = new("dotnet", [typeof(SandboxCluster).Assembly.Location]);

    [Fact]
    public async Task With_json_stdout_is_one_object_and_nothing_else()
    {
        var (exit, output, errors) = await ProgramRun.ToEndAsync(
            new ProcessStartInfo(s_sandbox.FileName, [.. s_sandbox.Arguments, "--pods", "3", "--json"]), Eventually.WithPublish);
        Assert.Equal(0, exit);
        var summary = JsonNode.Parse(output)!;
        Assert.Equal((3, 3, true), ((int)summary["pods"]!, (int)summary["liveTokens"]!, (bool)summary["ok"]!));
        Assert.Contains("3 of 3 pods served", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_while_it_keeps_running_it_stops_every_process_that_it_started()
    {
        await using var process = ChildProcess.Start(Interruptible.Of(s_sandbox), ["--pods", "2", "--keep-running"], new Dictionary<string, string>());
        await Eventually.TrueAsync(() => process.Output.Any(line => line.Contains("Ctrl-C", StringComparison.Ordinal)), "it keeps running", Eventually.WithPublish);
        using var http = new HttpClient();
        Assert.Contains("<title>AkkaVault</title>", await http.GetStringAsync(new Uri(process.Output.Single(line => line.StartsWith("page http", StringComparison.Ordinal))["page ".Length..])), StringComparison.Ordinal);
        Assert.Contains(process.Output, line => line.StartsWith("export KUBECONFIG=", StringComparison.Ordinal) && line.Contains(" VAULT_ADDR=http", StringComparison.Ordinal) && line.Contains(" VAULT_TOKEN=", StringComparison.Ordinal));
        var children = ChildrenOf(process.Id);
        Assert.NotEmpty(children);
        await InterruptAsync(process.Id);
        Assert.Equal(0, await process.ExitAsync().EndsAsync());
        Assert.All(children, child => Assert.False(IsAlive(child), $"process {child} is left"));
    }

    [Fact]
    public async Task Interrupted_in_the_middle_it_stops_every_process_and_says_so()
    {
        await using var process = ChildProcess.Start(Interruptible.Of(s_sandbox), ["--pods", "500", "--rate", "20"], new Dictionary<string, string>());
        await Eventually.TrueAsync(
            () => Task.FromResult(string.Join('\n', process.Output)), output => process.HasExited || output.Contains(" of 500 pods served", StringComparison.Ordinal), "it serves", Eventually.WithPublish);
        Assert.False(process.HasExited, string.Join('\n', process.Output));
        var children = ChildrenOf(process.Id);
        await InterruptAsync(process.Id);
        Assert.NotEqual(0, await process.ExitAsync().EndsAsync());
        Assert.All(children, child => Assert.False(IsAlive(child), $"process {child} is left"));
    }

    [Fact]
    public async Task Without_a_C_compiler_it_says_so_and_serves_its_pods_with_the_JIT_build()
    {
        // This PATH has only dotnet.
        var only = Directory.CreateTempSubdirectory("akkavault-path-").FullName;
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? Environment.ProcessPath!;
        File.CreateSymbolicLink(Path.Combine(only, "dotnet"), dotnet);
        await using var process = ChildProcess.Start(
            new ProgramCommand(dotnet, s_sandbox.Arguments), ["--pods", "2"],
            new Dictionary<string, string> { ["PATH"] = only, ["DOTNET_ROOT"] = Path.GetDirectoryName(new FileInfo(dotnet).ResolveLinkTarget(true)?.FullName ?? dotnet)! });
        Assert.Equal(0, await process.ExitAsync().EndsAsync(Eventually.WithPublish));
        Assert.Contains(process.Output, line => line.StartsWith("No C compiler", StringComparison.Ordinal));
        Assert.Contains(process.Output, line => line.StartsWith("2 of 2 pods served, 2 live tokens", StringComparison.Ordinal));
        Directory.Delete(only, recursive: true);
    }

    [Fact]
    public async Task With_three_controllers_it_says_which_leads_and_where_shards_live()
    {
        await using var process = ChildProcess.Start(s_sandbox, ["--controllers", "3", "--pods", "5"], new Dictionary<string, string>());
        Assert.Equal(0, await process.ExitAsync().EndsAsync(Eventually.WithPublish));
        Assert.Contains(process.Output, line => Regex.IsMatch(line, @"^\S+ leads; members: \S+, \S+, \S+; shards: \S+ \d+, \S+ \d+, \S+ \d+$"));
        Assert.Contains(process.Output, line => line.StartsWith("5 of 5 pods served, 5 live tokens", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Wrong_options_are_named()
    {
        await using var process = ChildProcess.Start(s_sandbox, ["--pods", "0", "--rate", "-1", "--controllers", "0"], new Dictionary<string, string>());
        Assert.NotEqual(0, await process.ExitAsync().EndsAsync());
        var output = string.Join('\n', process.Output);
        Assert.Contains("--pods: expected", output, StringComparison.Ordinal);
        Assert.Contains("--rate: expected", output, StringComparison.Ordinal);
        Assert.Contains("--controllers: expected", output, StringComparison.Ordinal);
    }

    private static async Task InterruptAsync(int process)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -INT {process}"]);
        await kill.WaitForExitAsync();
    }

    private static List<int> ChildrenOf(int parent) =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!)).Where(id => ParentOf(id) == parent)];

    private static int? ParentOf(int process)
    {
        try
        {
            // The format is: pid (name) state ppid … The name may contain anything.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        }
        catch (IOException)
        {
            // The process has ended meanwhile.
            return null;
        }
    }

    private static bool IsAlive(int process) => ParentOf(process) is not null;
}
