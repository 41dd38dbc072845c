using System.Text;
using AkkaVault.Controller.Common.Yaml;
using AkkaVault.Controller.Configuration;

namespace AkkaVault.Actors.Tests.Configuration;

/// <summary>The file as YAML: what Go's parser accepts is accepted, and every error is reported with its place.</summary>
public class YamlTests
{
    private const string Rest = "\nkubernetes: {watchNamespace: default, serviceNamespace: default, service: kubernetes-vault}";

    [Theory]
    [InlineData("x: &x {addr: https://other:8200, token: t}\nvault: {<<: *x, addr: https://vault:8200}")]
    [InlineData("x: &x {addr: https://other:8200, token: t}\nvault: {addr: https://vault:8200, <<: *x}")]
    [InlineData("x: &x {Addr: https://other:8200, token: t}\nvault: {addr: https://vault:8200, <<: *x}")]
    [InlineData("x: &x {addr: https://vault:8200}\ny: &y {addr: https://other:8200, token: t}\nvault: {<<: [*x, *y]}")]
    [InlineData("x: &x {addr: https://vault:8200}\ny: &y {<<: *x, token: t}\nvault: {<<: *y}")]
    [InlineData("x: &x {addr: https://vault:8200}\ny: &y {<<: *x, addr: https://other:8200}\nvault: {<<: [*x, *y, {token: t}]}")]
    [InlineData("x: &x https://vault:8200\nx2: &x https://vault:8200\nvault: {addr: *x, token: t}")]
    [InlineData("%YAML 1.1\n---\nvault: {addr: https://vault:8200, token: !!str t}")]
    public void Of_what_is_merged_the_key_that_is_written_counts_then_the_first(string vault)
    {
        var result = Read(vault + Rest);
        Assert.Empty(result.Problems);
        Assert.Equal("https://vault:8200", result.Configuration!.Vault.AddressAsWritten);
    }

    [Theory]
    [InlineData("a: 1\nb: &a {b: *a}", "line 2, column 11: an alias of a value that contains the alias")]
    [InlineData("a: &a [1, *a]", "line 1, column 11: an alias of a value that contains the alias")]
    [InlineData("a: &a {<<: *a}", "line 1, column 12: an alias of a value that contains the alias")]
    [InlineData("a: *b\nb: &b 1", "line 1, column 4: an alias whose anchor is not before the alias")]
    [InlineData("a: &a 1\n---\nb: *a", "line 3, column 4: an alias whose anchor is not before the alias")]
    [InlineData("a:\n  b: 1\n\tc: 2", "line 3, column 1")]
    [InlineData("a:\n\tb: 1", "line 2, column 1")]
    [InlineData("vault:\n  addr: x\n  tls:\n\t  caCert: /x", "line 4, column 1")]
    [InlineData("a: b\nb: @c", "line 2, column 4")]
    [InlineData("a: 'b\nc: d", "line 1, column 4")]
    public void What_cannot_be_read_is_said_with_its_place(string yaml, string problem) => Assert.StartsWith($"the file is not YAML: {problem}", Assert.Single(Read(yaml).Problems), StringComparison.Ordinal);

    [Theory]
    [InlineData("a: 1\na: 2", "line 2, column 1: a is in line 1 already; expected each key once, whatever its case")]
    [InlineData("vault:\n  addr: x\n  Addr: y", "line 3, column 3: Addr is in line 2 already; expected each key once, whatever its case")]
    [InlineData("x: &x {a: 1, a: 2}\ny: {<<: *x}", "line 1, column 14: a is in line 1 already; expected each key once, whatever its case")]
    [InlineData("a: 1\n---\nb: 2", "line 2, column 1: another document begins here; expected one document, as only the first counts")]
    [InlineData("a: 1\n...\n---\nb: 2", "line 3, column 1: another document begins here; expected one document, as only the first counts")]
    [InlineData("? [a, b]\n: 1", "line 1, column 3: a key that is not a name")]
    [InlineData("~: 1", "line 1, column 1: a key that is not a name")]
    [InlineData(": 1", "line 1, column 1: a key that is not a name")]
    [InlineData("a: {<<: 1}", "line 1, column 9: << has another value; expected a mapping, or a list of mappings")]
    [InlineData("a: {<<: [{b: 1}, 2]}", "line 1, column 9: << has another value; expected a mapping, or a list of mappings")]
    [InlineData("a: !!binary aGVsbG8=", "line 1, column 4: a tag with no meaning here; expected none")]
    [InlineData("a: !vault x", "line 1, column 4: a tag with no meaning here; expected none")]
    public void What_would_be_skipped_is_a_problem(string yaml, string problem) => Assert.Equal($"the file is not as expected: {problem}", Assert.Single(Read(yaml).Problems));

    [Fact]
    public void A_key_with_dots_and_the_same_in_a_section_are_one_too_many() =>
        Assert.StartsWith("vault.addr: is set twice, as a key with a dot and inside a section", Assert.Single(Read("vault: {addr: a}\nvault.addr: b").Problems), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("\n---\n")]
    [InlineData("\n...\n")]
    [InlineData("\n---\n# nothing\n")]
    public void An_empty_document_after_it_is_nothing(string end) => Assert.Empty(Read("vault: {addr: https://vault:8200, token: t}" + Rest + end).Problems);

    [Theory]
    [InlineData("namespace:", "vault.namespace: is empty: it counts as not written")]
    [InlineData("namespace: \"\"", "vault.namespace: is empty: it counts as not written")]
    [InlineData("namespace: ~", "vault.namespace: is empty: it counts as not written")]
    [InlineData("namespace: NULL", "vault.namespace: is empty: it counts as not written")]
    [InlineData("namespace: $UNSET", "vault.namespace: is empty once its variables are replaced: it counts as not written")]
    [InlineData("tls: {vaultCABackends: [root-ca, $UNSET]}", "vault.tls.vaultCABackends: one of its values is empty once its variables are replaced: it is left out")]
    [InlineData("tls: {}", "vault.tls: is empty: it counts as not written")]
    [InlineData("nothing: {}", "vault.nothing: unknown key, ignored")]
    [InlineData("nothing:", "vault.nothing: unknown key, ignored")]
    public void What_does_not_count_is_warned_of(string key, string warning)
    {
        var result = Read($"vault:\n  addr: https://vault:8200\n  token: t\n  {key}{Rest}");
        Assert.Empty(result.Problems);
        Assert.StartsWith(warning, Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{a: ", "}")]
    [InlineData("{? ", " : 1}")]
    public void Nesting_has_an_end(string begin, string end)
    {
        foreach (var deep in (int[])[1_000, 100_000])
        {
            var yaml = "a: " + new StringBuilder().Insert(0, begin, deep) + new StringBuilder().Insert(0, end, deep);
            Assert.Contains("nested more than 100 deep", Assert.Single(Read(yaml).Problems), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("[*x, *x, *x, *x, *x, *x, *x, *x, *x]")]
    [InlineData("{a: *x, b: *x, c: *x, d: *x, e: *x, f: *x, g: *x, h: *x, i: *x}")]
    [InlineData("{a: *x, b: {<<: *x, c: *x, d: *x}, e: *x, f: *x}")]
    public void Laughs_are_counted_not_written_out(string next)
    {
        var yaml = new StringBuilder("a0: &x0 {haha: ha}\n");
        for (var i = 1; i < 90; i++) yaml.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &x{i} {next.Replace("*x", $"*x{i - 1}", StringComparison.Ordinal)}\n");
        Assert.Contains("the value has more than 1000000 characters once its aliases are replaced", Assert.Single(Read(yaml.ToString()).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_text_it_is_read_or_a_problem_with_its_place()
    {
        var random = new Random(13);
        string[] parts = ["a", "b: ", "- ", "\n", "  ", "\t", "&x ", "*x", "<<: ", "? ", ": ", "[", "]", "{", "}", ", ", "!!str ", "!<", ">", "|", "'", "\"", "\\U", "\\x", "FFFFFFFF", "D800", "#", "%YAML 1.9\n", "%TAG ! x%ff\n", "---\n", "...\n", "\u0000", "\ufeff", "\ud800", "!%ff ", "@"];
        for (var i = 0; i < 20_000; i++)
        {
            var yaml = string.Concat(random.GetItems(parts, random.Next(1, 14)));
            var problems = new List<YamlProblem>();
            YamlComposer.Read(yaml, StringComparer.Ordinal, problems);
            Assert.All(problems, problem => Assert.StartsWith("line ", problem.Place, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_long_file_without_aliases_is_read()
    {
        var problems = new List<YamlProblem>();
        Assert.NotNull(YamlComposer.Read($"a: {new string('x', 1_200_000)}", StringComparer.Ordinal, problems));
        Assert.Empty(problems);
    }

    [Fact]
    public void No_value_is_in_a_problem()
    {
        foreach (var yaml in (string[])["token: *hush", "token: &hush [*hush]", "token: !hush x", "token: {? [hush] : 1}", "token: @hush", "token: \"hush\\q\"", "a: 1\ntoken: hush: hush"])
            Assert.DoesNotContain("hush", string.Join('\n', Read(yaml).Problems.Where(problem => !problem.StartsWith("vault", StringComparison.Ordinal))), StringComparison.Ordinal);
    }

    private static ConfigurationResult Read(string yaml) => ConfigurationReader.Read(yaml, _ => null);
}
