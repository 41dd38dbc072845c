using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AkkaVault.EndToEnd.Tests.Manifests;
using AkkaVault.Tests.TestKit.Kubernetes;

namespace AkkaVault.EndToEnd.Tests.Helm;

/// <summary>
/// The chart renders the same objects as <c>kubectl kustomize</c> with <c>k8s/</c> for the same choice. These may differ: Helm's
/// labels, the hash that kustomize appends to the name of a ConfigMap (the chart annotates the pods instead), and the order of the
/// keys in kubernetes-vault.yml. The chart has no namespaces (<c>helm install --create-namespace</c>), no Vault and no sample app.
/// </summary>
public sealed partial class HelmChartTests : IDisposable
{
    private const string NameLabel = "app.kubernetes.io/name";
    private static readonly string[] s_labels = ["app.kubernetes.io/instance", "app.kubernetes.io/version", "app.kubernetes.io/managed-by", "helm.sh/chart"];

    private readonly HelmProgram _helm = new();

    public void Dispose() => _helm.Dispose();

    public static TheoryData<string> Choices => [.. HelmChoice.All.Keys];

    [SkippableTheory]
    [MemberData(nameof(Choices))]
    public async Task Its_objects_are_those_that_kubectl_kustomize_makes_for_the_same_choice(string name)
    {
        Skip.If(HelmProgram.Missing is not null, HelmProgram.Missing);
        Skip.If(Kubectl.Missing is not null, Kubectl.Missing);
        var choice = HelmChoice.All[name];
        var expected = (await choice.KustomizeAsync()).Objects.Where(IsInChart).Select(WithoutHash).ToDictionary(Key);
        var actual = (await choice.TemplateAsync(_helm)).Objects.ToDictionary(Key);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach (var (key, item) in actual)
        {
            Assert.Equal(s_labels.Order(StringComparer.Ordinal), item["metadata"]!["labels"]!.AsObject().Select(label => label.Key).Intersect(s_labels).Order(StringComparer.Ordinal));
            Assert.Equal($"{key}\n{Text(expected[key])}", $"{key}\n{Text(WithoutHelms(item, expected[key]))}");
        }
    }

    // Helm packages no file from outside the chart.
    [Theory]
    [InlineData("prometheusrule.yaml")]
    [InlineData("kubernetes-vault.json")]
    public void Its_alerts_and_its_dashboard_are_copies_of_those_in_k8s_monitoring(string file) => Assert.Equal(
        File.ReadAllText(Path.Combine(HelmProgram.Root, "k8s", "monitoring", "base", file)), File.ReadAllText(Path.Combine(HelmProgram.Chart, "files", file)));

    [SkippableTheory]
    [InlineData("quick-start")]
    [InlineData("secured")]
    public async Task Lint_finds_nothing(string overlay)
    {
        Skip.If(HelmProgram.Missing is not null, HelmProgram.Missing);
        Assert.Contains("0 chart(s) failed", await _helm.SucceedAsync("lint", HelmProgram.Chart, "--strict", "-f", HelmProgram.ValuesOf(overlay)), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Helm_test_runs_akkavault_check_locked_up_as_the_controllers_are_and_is_not_taken_for_one_of_them()
    {
        Skip.If(HelmProgram.Missing is not null, HelmProgram.Missing);
        var values = _helm.Values("""
            check: {roles: [sample-app, web], namespaces: [team-blue]}
            tolerations: [{key: dedicated, operator: Exists}]
            """);
        var objects = Manifest.Parse(await _helm.SucceedAsync("template", HelmProgram.Release, HelmProgram.Chart, "-n", HelmProgram.Release, "-f", HelmProgram.ValuesOf("secured"), "-f", values));
        var check = objects.Single(item => Overlay.KindOf(item) == "Pod");
        var controller = objects.Single(item => Overlay.KindOf(item) == "StatefulSet")["spec"]!["template"]!["spec"]!;
        Assert.Equal("test", (string)check["metadata"]!["annotations"]!["helm.sh/hook"]!);
        Assert.Equal("kubernetes-vault-check", (string)check["metadata"]!["labels"]![NameLabel]!);
        var container = check["spec"]!["containers"]!.AsArray().Single()!;
        Assert.Equal(
            "/app/akkavault check --config /etc/kubernetes-vault/kubernetes-vault.yml --role sample-app --role web --namespace team-blue",
            string.Join(' ', container["command"]!.AsArray().Concat(container["args"]!.AsArray())));
        Assert.All(["serviceAccountName", "securityContext", "volumes", "tolerations"], field => Assert.Equal(Text(controller[field]!), Text(check["spec"]![field]!)));
        Assert.All(["image", "env", "securityContext", "volumeMounts"], field => Assert.Equal(Text(controller["containers"]![0]![field]!), Text(container[field]!)));
    }

    private static string Key(JsonObject item) => $"{item["apiVersion"]} {Overlay.KindOf(item)} {item["metadata"]!["namespace"]}/{item["metadata"]!["name"]}";

    private static string Text(JsonNode node) => HelmProgram.Sorted(node)!.ToJsonString();

    private static bool IsInChart(JsonObject item) =>
        Overlay.KindOf(item) != "Namespace" && (string?)item["metadata"]!["namespace"] != "vault" && (string?)item["metadata"]!["name"] != "sample-app";

    private static JsonObject WithoutHash(JsonObject item)
    {
        item = Manifest.Parse(HashedName().Replace(item.ToJsonString(), "\"kubernetes-vault\"")).Single();
        return WithConfiguration(item);
    }

    // Compare the content of the configuration, because its keys may come in another order.
    private static JsonObject WithConfiguration(JsonObject item)
    {
        if (item["data"]?["kubernetes-vault.yml"] is not JsonValue file) return item;
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Flatten(Manifest.Parse((string)file!).Single(), "", settings);
        item["data"]!["kubernetes-vault.yml"] = string.Join('\n', settings.Select(setting => $"{setting.Key}: {setting.Value}"));
        return item;
    }

    private static void Flatten(JsonObject map, string at, SortedDictionary<string, string> into)
    {
        foreach (var (key, value) in map)
        {
            if (value is JsonObject section) Flatten(section, $"{at}{key}.", into);
            else into[at + key] = value!.ToJsonString();
        }
    }

    private static JsonObject WithoutHelms(JsonObject item, JsonObject expected)
    {
        var labels = item["metadata"]!["labels"]!.AsObject();
        foreach (var label in s_labels) labels.Remove(label);
        if (expected["metadata"]!["labels"]?[NameLabel] is null) labels.Remove(NameLabel);
        if (labels.Count == 0) item["metadata"]!.AsObject().Remove("labels");
        if (item["spec"]?["template"]?["metadata"] is JsonObject template)
        {
            Assert.Matches("^[0-9a-f]{64}$", (string)template["annotations"]!["checksum/kubernetes-vault.yml"]!);
            Assert.Single(template["annotations"]!.AsObject());
            template.Remove("annotations");
        }

        return WithConfiguration(item);
    }

    [GeneratedRegex("\"kubernetes-vault-[bcdfghkmt2456789]{10}\"")]
    private static partial Regex HashedName();
}
