using System.Text.RegularExpressions;

namespace AkkaVault.Actors.Tests.Documentation;

/// <summary>
/// A block of commands in <c>docs/</c> names the test that runs it (<c>```sh
/// test=Class.Method</c>), or the reason why no test can run it (<c>```sh not-run=REASON</c>).
/// </summary>
public partial class CommandBlockTests
{
    /// <summary>The reasons why no test runs a block.</summary>
    private static readonly Dictionary<string, string> s_reasons = new(StringComparer.Ordinal)
    {
        ["docker"] = "builds or loads images: no Docker engine on the machines that run the tests",
        ["kubelet"] = "needs pods that run: logs, exec, port-forward, rollouts",
        ["vault-cli"] = "needs the vault program; the same calls are made over HTTP by k8s/quick-start.sh and by the sandbox",
        ["other-tool"] = "needs a program or a package that is not ours and not there: the Prometheus operator, Petabridge.Cmd",
        ["long"] = "takes minutes or the whole machine",
        ["cake"] = "a build of everything, the one that runs the tests included",
    };

    private static IEnumerable<Block> CommandBlocks => Page.All.Where(page => page.Path.StartsWith("docs/", StringComparison.Ordinal))
        .SelectMany(page => page.Blocks).Where(block => block.Language is "sh" or "" && Command().IsMatch(block.Text));

    [Fact]
    public void Every_block_of_commands_names_its_test_or_the_reason_why_there_is_none()
    {
        var sources = string.Join('\n', Directory.EnumerateFiles(Path.Combine(Page.Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        Assert.NotEmpty(CommandBlocks);
        Page.None(CommandBlocks.Select(block => (block, Problem: Problem(block, sources))).Where(pair => pair.Problem is not null).Select(pair => $"{pair.block}: {pair.Problem}"));
    }

    private static string? Problem(Block block, string sources)
    {
        if (block.Attribute("not-run") is { } reason) return s_reasons.ContainsKey(reason) ? null : $"not-run={reason} is none of {string.Join(", ", s_reasons.Keys)}";
        if (block.Attribute("test") is not { } test) return "say ```sh test=Class.Method, or ```sh not-run=REASON";
        var (type, method) = (test.Split('.')[0], test.Split('.')[^1]);
        return Regex.IsMatch(sources, $@"class {Regex.Escape(type)}\b") && Regex.IsMatch(sources, $@"(void|Task) {Regex.Escape(method)}\(") ? null : $"there is no test {test}";
    }

    [GeneratedRegex(@"^\s*(kubectl|akkavault|dotnet|k8s/|vault|docker|kind|minikube|curl|openssl)\b", RegexOptions.Multiline)]
    private static partial Regex Command();
}
