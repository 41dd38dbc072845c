using System.Diagnostics;
using AkkaVault.Tests.TestKit;

namespace AkkaVault.EndToEnd.Tests.Monitoring;

/// <summary>The alerts as Prometheus itself evaluates them.</summary>
public sealed class PromtoolTests : IDisposable
{
    private static readonly string? s_program =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, "promtool")).FirstOrDefault(File.Exists);

    private readonly string _directory = Directory.CreateTempSubdirectory("akkavault-alerts-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [SkippableFact]
    public async Task The_alerts_are_raised_when_they_are_to_be_and_not_else()
    {
        Skip.If(s_program is null, "there is no promtool; tests/EndToEnd.Tests/assets/promtool.sh installs one (Debian's package prometheus)");
        await File.WriteAllTextAsync(Path.Combine(_directory, "rules.json"), Monitoring.RuleSpec.ToJsonString());
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Monitoring", "alerts.yaml"), Path.Combine(_directory, "alerts.yaml"));
        await RunAsync("check", "rules", "rules.json");
        await RunAsync("test", "rules", "alerts.yaml");
    }

    [Fact]
    public void Each_alert_has_a_test()
    {
        var tests = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Monitoring", "alerts.yaml"));
        Assert.All(Monitoring.AlertNames, name => Assert.Contains($"docs/operations.md#{name.ToLowerInvariant()}\n", tests, StringComparison.Ordinal));
    }

    private async Task RunAsync(params string[] arguments)
    {
        var (exit, output, errors) = await ProgramRun.ToEndAsync(new ProcessStartInfo(s_program!, arguments) { WorkingDirectory = _directory });
        Assert.True(exit == 0, $"promtool {string.Join(' ', arguments)}: {exit}\n{output}\n{errors}");
    }
}
