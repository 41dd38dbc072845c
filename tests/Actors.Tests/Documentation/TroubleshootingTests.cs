using System.Reflection;
using System.Text.RegularExpressions;
using AkkaVault.Controller.Common;
using AkkaVault.Controller.Ledger.Storage.ConfigMap;
using AkkaVault.Shared.Push;

namespace AkkaVault.Actors.Tests.Documentation;

/// <summary>docs/troubleshooting.md explains every problem that the programs report, with their words.</summary>
public partial class TroubleshootingTests
{
    private static readonly Page s_page = Page.Read("docs/troubleshooting.md");

    [Fact]
    public void Every_exit_code_of_the_init_container_is_explained() =>
        Assert.Equal(InitContainerSettings.ExitCodes.Order(), Codes("The init container's exit codes"));

    [Fact]
    public void Every_exit_code_of_the_controller_is_explained() => Assert.Equal(
        typeof(ExitCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(code => (int)code.GetRawConstantValue()!).Order(), Codes("The controller's exit codes"));

    [Fact]
    public void Every_reason_for_a_push_that_was_not_taken_is_explained_and_no_other() => Assert.Equal(
        typeof(PushRejection).GetFields(BindingFlags.Public | BindingFlags.Static).Select(reason => (string)reason.GetRawConstantValue()!).Order(StringComparer.Ordinal),
        s_page.Rows.Where(row => row.Header[0] == "reason").SelectMany(row => Page.SpansIn(row.Cells[0])).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_reason_for_a_lost_ledger_is_explained_and_no_other() => Assert.Equal(
        Enum.GetNames<OwnershipLossReason>().Select(name => name == nameof(OwnershipLossReason.OutOfStep) ? "out_of_step" : name.ToLowerInvariant()).Order(StringComparer.Ordinal),
        s_page.Rows.Where(row => row.Header[0] == "`reason` of `kubernetesvault_ledger_losses_total`").SelectMany(row => Page.SpansIn(row.Cells[0])).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_reason_that_readiness_gives_is_explained() => Explained(CodeMessages.Readiness);

    [Fact]
    public void Every_reason_why_a_pod_is_not_served_is_explained() => Explained(CodeMessages.Eligibility);

    [Fact]
    public void Every_reason_why_Vaults_certificate_is_not_trusted_is_explained() => Explained(CodeMessages.Trust);

    [Fact]
    public void Every_rule_of_the_token_is_explained() => Explained(CodeMessages.TokenRules);

    [Fact]
    public void Every_warning_and_error_in_the_controllers_log_is_explained() => Explained([.. CodeMessages.ControllerLog, .. CodeMessages.ControllerEnds]);

    [Fact]
    public void Every_warning_and_error_of_the_init_container_is_explained() => Explained(CodeMessages.InitContainer);

    [Fact]
    public void Every_message_that_is_quoted_is_one_of_the_code() => Page.None(
        s_page.Rows.Where(row => row.Header[0] is "it says" or "the log says" or "why a pod is not served").Select(row => Page.SpansIn(row.Cells[0]).First()).Where(message => !CodeMessages.Exists(message)));

    [Fact]
    public void Every_metric_that_a_page_names_exists()
    {
        var sources = string.Concat(Directory.EnumerateFiles(Path.Combine(Page.Root, "src", "Controller.Actors"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        Page.None(
            from page in Page.All
            from span in page.CodeSpans
            from match in MetricName().Matches(span)
            let name = match.Groups[1].Value
            where !((string[])[name, MetricSuffix().Replace(name, "")]).Any(one => sources.Contains($"\"{one}\"", StringComparison.Ordinal) || sources.Contains($"kubernetesvault_{one}\"", StringComparison.Ordinal))
            select $"{page.Path}: {match.Value}");
    }

    [GeneratedRegex("kubernetesvault_([a-z_]*[a-z])")]
    private static partial Regex MetricName();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex MetricSuffix();

    private static void Explained(IReadOnlyList<string> messages)
    {
        var quoted = s_page.CodeSpans.ToHashSet(StringComparer.Ordinal);
        Page.None(messages.Where(message => !quoted.Contains(message)));
    }

    private static IEnumerable<int> Codes(string heading) =>
        s_page.Rows.Where(row => row.Heading == heading && row.Header[0] == "code").SelectMany(row => Page.SpansIn(row.Cells[0])).Select(int.Parse).Order();
}
