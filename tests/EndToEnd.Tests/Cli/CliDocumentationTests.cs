using System.Text.RegularExpressions;

namespace AkkaVault.EndToEnd.Tests.Cli;

/// <summary>The program accepts every command in docs/cli.md, and the page has all of its exit codes.</summary>
public sealed partial class CliDocumentationTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "cli.md"));

    [GeneratedRegex(@"^(?:\$ )?(?:kubectl .* -- /app/akkavault|(?:kubectl )?akkavault) (.+?)(?: > .+)?$", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    public static TheoryData<string> Commands => [.. CommandLine().Matches(Text).Select(line => line.Groups[1].Value.Trim()).Distinct()];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_is_one_that_the_program_takes(string line)
    {
        await using var management = (await FakeManagement.StartAsync()).HasMembers()
            .Answers("GET /pods", """{"selfNode":"a","pods":[],"unanswered":[]}""")
            .Answers("GET /cluster/shard-types", """{"entityTypeKeys":[]}""");
        // Leave --watch out, because it runs until Ctrl-C. Addresses and files are examples.
        var arguments = line.Replace(" --watch", "", StringComparison.Ordinal).Split(' ').Where(word => word.Length > 0);
        var result = await CliProcess.RunAsync(new Dictionary<string, string> { ["AKKAVAULT_URL"] = management.Url }, [.. arguments]);
        Assert.DoesNotContain("akkavault: see akkavault", result.Error, StringComparison.Ordinal);
        Assert.InRange(result.Exit, 0, 3);
    }

    [Fact]
    public void All_commands_options_and_exit_codes_are_documented()
    {
        foreach (var word in (string[])
        [
            "cluster show", "cluster leave", "cluster down", "cluster down-unreachable", "shards", "pods --failing", "pods --watch", "explain pod", "dashboard --no-open", "check --config", "completion",
            "--role", "--namespace", "--kubeconfig", "--context", "-n`", "--url", "--timeout", "--output", "AKKAVAULT_URL", "| 0 |", "| 1 |", "| 2 |", "| 3 |",
        ])
        {
            Assert.Contains(word, Text, StringComparison.Ordinal);
        }
    }
}
