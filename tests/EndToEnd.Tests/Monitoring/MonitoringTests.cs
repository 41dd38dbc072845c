using System.Text.RegularExpressions;

namespace AkkaVault.EndToEnd.Tests.Monitoring;

/// <summary>The queries of alerts and dashboard name metrics that exist, and each alert links to its documentation.</summary>
public sealed partial class MonitoringTests
{
    /// <summary>The labels that Prometheus adds to each sample of a target of a ServiceMonitor.</summary>
    private static readonly string[] s_targetLabels = ["namespace", "pod", "service", "job", "instance", "endpoint", "container"];

    public static TheoryData<string> AlertNames => [.. Monitoring.AlertNames];

    [Theory]
    [MemberData(nameof(AlertNames))]
    public void An_alert_asks_for_what_there_is_and_its_texts_use_labels_that_it_has(string name)
    {
        var alert = Monitoring.Alerts.Single(a => (string)a["alert"]! == name);
        var query = PromQl.Parse((string)alert["expr"]!);
        Assert.Empty(Problems(query));
        Assert.Contains((string)alert["labels"]!["severity"]!, (string[])["critical", "warning"]);
        var labels = LabelsOf(query);
        foreach (var (_, text) in alert["annotations"]!.AsObject())
            Assert.All(AnnotationLabel().Matches((string)text!), label => Assert.Contains(label.Groups[1].Value, labels));
    }

    [Theory]
    [MemberData(nameof(AlertNames))]
    public void An_alert_has_a_section_in_the_documentation_that_its_link_leads_to(string name)
    {
        var annotations = Monitoring.Alerts.Single(a => (string)a["alert"]! == name)["annotations"]!;
        Assert.Equal(["description", "runbook_url", "summary"], annotations.AsObject().Select(annotation => annotation.Key).Order(StringComparer.Ordinal));
        var link = ((string)annotations["runbook_url"]!).Split('#');
        Assert.Equal("docs/operations.md", link[0]);
        var anchors = File.ReadLines(Path.Combine(AppContext.BaseDirectory, link[0])).Where(line => line.StartsWith('#')).Select(Anchor).ToList();
        Assert.Contains(link[1], anchors);
        Assert.Equal(name.ToLowerInvariant(), link[1]);
    }

    [Fact]
    public void Each_section_on_an_alert_is_on_one_that_there_is()
    {
        var sections = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "docs", "operations.md")).Where(line => line.StartsWith("### AkkaVault", StringComparison.Ordinal)).Select(line => line[4..]);
        Assert.Equal(Monitoring.AlertNames.Order(StringComparer.Ordinal), sections.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_dashboard_asks_for_what_there_is()
    {
        Assert.NotEmpty(Monitoring.Queries);
        Assert.Empty(Monitoring.Queries.SelectMany(query => Problems(PromQl.Parse(query.Expression)).Select(problem => $"{query.Expression}: {problem}")));
        Assert.All(Monitoring.Queries, query => Assert.All(
            LegendLabel().Matches(query.Legend), label => Assert.Contains(label.Groups[1].Value, LabelsOf(PromQl.Parse(query.Expression)))));
        var variables = Monitoring.Dashboard["templating"]!["list"]!.AsArray();
        Assert.Contains(variables, variable => (string?)variable!["query"] is "label_values(kubernetesvault_leader, namespace)");
        var ids = Monitoring.Dashboard["panels"]!.AsArray().Select(panel => (int)panel!["id"]!).ToList();
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void Every_question_that_the_dashboard_is_to_answer_is_asked_in_it()
    {
        var asked = Monitoring.Queries.SelectMany(query => PromQl.Parse(query.Expression).Metrics).Select(metric => Documented(metric.Name)?.Name).ToHashSet();
        // The dashboard leaves these out: sums of metrics that it shows, the base values of alerts, and what the members' gauges show already.
        Assert.Empty(DocumentedMetric.All.Keys.Except(asked.OfType<string>()).Except(
        [
            "kubernetesvault_server_secret_pushes_total", "kubernetesvault_vault_secret_id_requests_total", "kubernetesvault_vault_secret_id_requests_failures_total",
            "kubernetesvault_vault_token_lifetime_seconds", "kubernetesvault_certificate_lifetime_seconds", "kubernetesvault_gossip_nodes_joined_total",
            "kubernetesvault_gossip_nodes_left_total", "kubernetesvault_gossip_nodes_failed_total", "kubernetesvault_gossip_nodes_reaped_total",
        ]));
    }

    [Theory]
    [InlineData("kubernetesvault_leaders > 0", "there is no metric kubernetesvault_leaders")]
    [InlineData("sum by (role) (kubernetesvault_leader)", "nothing here has a label role")]
    [InlineData("rate(kubernetesvault_leader{node=\"a\"}[5m])", "kubernetesvault_leader has no label node")]
    [InlineData("kubernetesvault_ledger_losses_total{reason=~\"taken|stolen\"}", "reason of kubernetesvault_ledger_losses_total is never \"stolen\"")]
    [InlineData("kubernetesvault_ledger_write_seconds", "there is no metric kubernetesvault_ledger_write_seconds")]
    [InlineData("kubernetesvault_leader_sum", "there is no metric kubernetesvault_leader_sum")]
    public void What_there_is_not_is_found_out(string expression, string problem) => Assert.Equal([problem], Problems(PromQl.Parse(expression)));

    private static IEnumerable<string> Problems(PromQl query)
    {
        foreach (var selector in query.Metrics)
        {
            if (Documented(selector.Name) is not { } metric)
            {
                yield return $"there is no metric {selector.Name}";
                continue;
            }

            foreach (var matcher in selector.Matchers.Where(matcher => !s_targetLabels.Contains(matcher.Label)))
            {
                if (!metric.Labels.TryGetValue(matcher.Label, out var values)) yield return $"{selector.Name} has no label {matcher.Label}";
                else if (values.Count > 0)
                    foreach (var value in matcher.Values.Except(values)) yield return $"{matcher.Label} of {selector.Name} is never \"{value}\"";
            }
        }

        foreach (var label in query.Grouped.Where(label => !query.Metrics.Any(selector => AllLabelsOf(selector).Contains(label)))) yield return $"nothing here has a label {label}";
    }

    /// <summary>The metric that a sample belongs to. A histogram has three kinds of samples, and none with the histogram's own name.</summary>
    private static DocumentedMetric? Documented(string name)
    {
        var part = HistogramPart().Match(name);
        return part.Success && DocumentedMetric.All.TryGetValue(name[..part.Index], out var histogram) && histogram.Type == "histogram" ? histogram
            : DocumentedMetric.All.TryGetValue(name, out var metric) && metric.Type != "histogram" ? metric
            : null;
    }

    private static IEnumerable<string> AllLabelsOf(PromQlSelector selector) => s_targetLabels
        .Concat(Documented(selector.Name)?.Labels.Keys ?? [])
        .Concat(selector.Name.EndsWith("_bucket", StringComparison.Ordinal) ? ["le"] : []);

    /// <summary>The labels of a query's result: the labels it groups by, otherwise those of its first metric.</summary>
    private static IReadOnlyList<string> LabelsOf(PromQl query) => query.Grouped.Count > 0 ? query.Grouped : [.. AllLabelsOf(query.Metrics[0])];

    private static string Anchor(string heading) => NotInAnchors().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\$labels\.(\w+)")]
    private static partial Regex AnnotationLabel();

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex LegendLabel();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramPart();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
