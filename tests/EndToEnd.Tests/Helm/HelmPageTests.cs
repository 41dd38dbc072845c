using System.Text.RegularExpressions;

namespace AkkaVault.EndToEnd.Tests.Helm;

/// <summary>
/// The chart accepts the values in docs/helm.md, and a real API server accepts its commands.
/// Blocks of <c>yml</c> have values; blocks of <c>yaml</c> have the controller's configuration.
/// </summary>
public sealed partial class HelmPageTests(HelmCluster cluster) : IClassFixture<HelmCluster>
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(HelmProgram.Root, "docs", "helm.md"));

    public static TheoryData<string> Values => [.. ValueBlocks];

    private static IEnumerable<string> ValueBlocks => ValueBlock().Matches(s_page).Select(match => match.Groups[1].Value);

    [SkippableTheory]
    [MemberData(nameof(Values))]
    public async Task Its_values_are_taken(string values)
    {
        Skip.If(HelmProgram.Missing is not null, HelmProgram.Missing);
        var chart = await cluster.Program.TemplateAsync(HelmProgram.ValuesOf("quick-start"), cluster.Program.Values(values));
        Assert.NotEmpty(chart.Objects);
    }

    [SkippableFact]
    public async Task The_commands_of_the_page_install_upgrade_roll_back_and_uninstall()
    {
        Skip.If(HelmCluster.Missing is not null, HelmCluster.Missing);
        var before = await cluster.ObjectsAsync();
        var folder = Prepare(cluster, ValueBlocks.First());
        foreach (var command in CommandsOf($"{nameof(HelmPageTests)}.{nameof(The_commands_of_the_page_install_upgrade_roll_back_and_uninstall)}")) await cluster.ShellAsync(folder, command);
        // Only the namespace and the Secret remain. The page creates them.
        Assert.Equal(["Namespace /kubernetes-vault", "Secret kubernetes-vault/kubernetes-vault-token"], (await cluster.ObjectsAsync()).Except(before).Where(item => !item.EndsWith("/kube-root-ca.crt", StringComparison.Ordinal)));
    }

    /// <summary>The lines of the page's blocks that name a given test.</summary>
    internal static IEnumerable<string> CommandsOf(string test) =>
        Regex.Matches(s_page, $"^```sh test={Regex.Escape(test)}\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline).SelectMany(match => match.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>A folder as the page assumes it: a checkout with values and a token.</summary>
    internal static string Prepare(HelmCluster cluster, string values)
    {
        var folder = Directory.CreateDirectory(Path.Combine(cluster.Program.Folder, "checkout")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(folder, "charts"), Path.GetDirectoryName(HelmProgram.Chart)!);
        File.WriteAllText(Path.Combine(folder, "values.yaml"), values);
        File.WriteAllText(Path.Combine(folder, "token.txt"), "s.token");
        return folder;
    }

    [GeneratedRegex("^```yml\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ValueBlock();
}
