using AkkaVault.Controller.Configuration;
using YamlDotNet.RepresentationModel;

namespace AkkaVault.Actors.Tests.Documentation;

/// <summary>
/// The controller accepts the configuration examples of the documentation. A block is a whole file
/// or a part of one; the test adds what a part lacks. A block with <c>invalid</c> after <c>yaml</c>
/// must be rejected. A block with <c>warns=KEY,KEY</c> must give warnings for exactly those keys.
/// </summary>
public class YamlExampleTests
{
    // The test adds a login to a block that has none.
    private static readonly (string Key, string Section, string Value)[] s_required =
    [
        ("vault.addr", "vault.addr", "https://vault:8200"),
        ("vault.tokenFile", "vault.token vault.tokenFile vault.auth.kubernetes vault.auth.approle", "/vault/token"),
        ("kubernetes.watchNamespace", "kubernetes.watchNamespace", "default"),
        ("kubernetes.serviceNamespace", "kubernetes.serviceNamespace", "default"),
        ("kubernetes.service", "kubernetes.service", "kubernetes-vault"),
    ];

    private static IEnumerable<Block> Examples => Page.All.SelectMany(page => page.Blocks).Where(block => block.Language == "yaml");

    private static IEnumerable<Block> Configurations => Examples.Where(block => Root(block.Text).Children.Keys.All(key => $"{key}" != "apiVersion"));

    [Fact]
    public void Every_example_of_configuration_is_accepted_or_refused_as_it_says()
    {
        Assert.NotEmpty(Configurations);
        var wrong = new List<string>();
        foreach (var block in Configurations)
        {
            var result = Read(block.Text);
            // Mounted files exist in a pod, but not here.
            var problems = result.Problems.Where(problem => !problem.Contains("expected a file that exists", StringComparison.Ordinal)).ToList();
            var warned = string.Join(',', result.Warnings.Select(warning => warning.Split(':')[0]));
            if (problems.Count > 0 != block.Info.Split(' ').Contains("invalid")) wrong.Add($"{block}: {(problems.Count == 0 ? "is accepted" : string.Join("; ", problems))}");
            if (warned != (block.Attribute("warns") ?? "")) wrong.Add($"{block}: warned of: {warned}");
        }

        Page.None(wrong);
    }

    [Fact]
    public void Every_other_example_is_an_object_of_Kubernetes() => Assert.All(
        Examples.Except(Configurations),
        block =>
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(block.Text));
            Assert.All(stream.Documents, document => Assert.Contains(((YamlMappingNode)document.RootNode).Children.Keys, key => $"{key}" == "kind"));
        });

    [Fact]
    public void Every_configuration_in_the_manifests_is_accepted_as_it_is()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Page.Root, "k8s"), "kubernetes-vault.yml", SearchOption.AllDirectories).ToList();
        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            var result = ConfigurationReader.Read(File.ReadAllText(file), Variable);
            Assert.Empty(result.Problems.Where(problem => !problem.Contains("expected a file that exists", StringComparison.Ordinal)).Concat(result.Warnings));
        });
    }

    internal static ConfigurationResult Read(string yaml)
    {
        var there = YamlSettings.Parse(yaml, Variable, []);
        var missing = s_required.Where(key => !key.Section.Split(' ').Any(section => there.Scalar(section) is not null || there.HasSection(section)));
        return ConfigurationReader.Read($"{yaml}\n{string.Concat(missing.Select(key => $"\"{key.Key}\": {key.Value}\n"))}", Variable);
    }

    private static string? Variable(string name) => name switch { "POD_IP" => "10.1.2.3", "POD_NAMESPACE" or "KUBERNETES_NAMESPACE" => "kubernetes-vault", "VAULT_TOKEN" => "s.token", _ => null };

    private static YamlMappingNode Root(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return Assert.IsType<YamlMappingNode>(stream.Documents[0].RootNode);
    }
}
