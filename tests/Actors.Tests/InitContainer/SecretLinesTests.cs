using AkkaVault.InitContainer;
using AkkaVault.InitContainer.Secrets;

namespace AkkaVault.Actors.Tests.InitContainer;

/// <summary><c>VAULT_SECRETS</c> as people write it.</summary>
public sealed class SecretLinesTests : IDisposable
{
    private static readonly string[] s_blanks = ["", " ", "\t", "  \t "];

    private readonly string _folder = Directory.CreateTempSubdirectory("akkavault-secrets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("db", "secret/app/db", "secret/app/db", SecretFormat.Json, "")]
    [InlineData("db.json", "secret", "secret", SecretFormat.Json, "")]
    [InlineData("user", "secret/app/db#username", "secret/app/db", SecretFormat.Value, "username")]
    [InlineData("user.env", "secret/app/db#username", "secret/app/db", SecretFormat.Value, "username")]
    [InlineData("db.env", "secret/app/db", "secret/app/db", SecretFormat.Env, "")]
    [InlineData("a/b/.env", "secret/app/db", "secret/app/db", SecretFormat.Env, "")]
    [InlineData("tls.crt", "pki/issue/app?ttl=1h&common_name=a.b#certificate", "pki/issue/app?common_name=a.b&ttl=1h", SecretFormat.Value, "certificate")]
    [InlineData("x", "p/q?a=b=c", "p/q?a=b=c", SecretFormat.Json, "")]
    [InlineData("x", "p/q?a=", "p/q?a=", SecretFormat.Json, "")]
    [InlineData("ünï cöde", "secret/a b/ü#a#b", "secret/a b/ü#a", SecretFormat.Value, "b")]
    [InlineData(".hidden", "a/b.c/..d", "a/b.c/..d", SecretFormat.Json, "")]
    [InlineData("vault-token.json", "a/b", "a/b", SecretFormat.Json, "")]
    internal void Each_form_is_read_with_blanks_anywhere_around(string name, string source, string path, SecretFormat format, string field)
    {
        foreach (var (a, b, c) in from a in s_blanks from b in s_blanks from c in s_blanks select (a, b, c))
        {
            var file = Assert.Single(Parse($"# none\r\n\n{a}{name}{b}={c}{source}{a}\r\n  # = none", []));
            Assert.Equal((name, path, format, field), (file.Name, file.Path.ToString(), file.Format, file.Field));
        }
    }

    [Theory]
    [InlineData("db", "FILE = PATH, FILE = PATH#FIELD or FILE.env = PATH")]
    [InlineData("= secret/app", "FILE = PATH,")]
    [InlineData("db =", "FILE = PATH,")]
    [InlineData("/db = a/b", "relative to CREDENTIALS_PATH")]
    [InlineData("db/ = a/b", "relative to CREDENTIALS_PATH")]
    [InlineData("a//b = a/b", "relative to CREDENTIALS_PATH")]
    [InlineData(". = a/b", "relative to CREDENTIALS_PATH")]
    [InlineData("../db = a/b", "begin with two dots")]
    [InlineData("a/../../db = a/b", "begin with two dots")]
    [InlineData("..data/x = a/b", "begin with two dots")]
    [InlineData("vault-token = a/b", "vault-token is the init container's own")]
    [InlineData("vault-token/x = a/b", "vault-token is the init container's own")]
    [InlineData("vault-secret-id = a/b", "the init container's own")]
    [InlineData("vault-wrapped-secret-id = a/b", "the init container's own")]
    [InlineData("ca.crt = a/b", "ca.crt is the init container's own")]
    [InlineData("db = /secret/app", "without a slash at its ends")]
    [InlineData("db = secret/app/", "without a slash at its ends")]
    [InlineData("db = secret//app", "without empty parts")]
    [InlineData("db = secret/../sys", "a PATH such as secret/app/db")]
    [InlineData("db = secret/app#", "the name of a field after #")]
    [InlineData("db = #field", "a PATH such as secret/app/db")]
    [InlineData("db = pki/issue/a?", "NAME=VALUE")]
    [InlineData("db = pki/issue/a?x", "NAME=VALUE")]
    [InlineData("db = pki/issue/a?=x", "NAME=VALUE")]
    [InlineData("db = pki/issue/a?x=1&x=2", "each name once")]
    [InlineData("db = pki/issue/a?x=1&%78=2", "each name once")]
    [InlineData("db = secret/\u200bapp", "no invisible characters")]
    public void What_is_wrong_is_told_with_the_lines_number_the_line_and_what_is_expected(string line, string expected)
    {
        var problems = new List<string>();
        Assert.Single(Parse($"\nok = a/b\n{line}", problems));
        var problem = Assert.Single(problems);
        Assert.StartsWith($"VAULT_SECRETS={AkkaVault.Shared.SettingText.Visible(line)} (line 3), expected ", problem, StringComparison.Ordinal);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_is_had_by_one_line_and_is_not_a_folder_as_well()
    {
        var problems = new List<string>();
        Parse("a = p\nb/c = p\na = q\nb = p\na/x = p\nb/c/d = p\nb/d = p", problems);
        Assert.Equal(4, problems.Count);
        Assert.EndsWith("expected another FILE: line 1 has it", problems[0], StringComparison.Ordinal);
        Assert.EndsWith("expected another FILE: in line 2 it is a folder", problems[1], StringComparison.Ordinal);
        Assert.EndsWith("expected another FILE: a of line 1 is not a folder", problems[2], StringComparison.Ordinal);
        Assert.EndsWith("expected another FILE: b/c of line 2 is not a folder", problems[3], StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_is_as_long_as_a_file_system_takes_it()
    {
        var problems = new List<string>();
        Assert.Single(Parse($"{new string('a', 255)} = p\n{new string('b', 256)} = p\n{new string('ü', 128)} = p", problems));
        Assert.Equal(2, problems.Count);
    }

    [Fact]
    public void Lines_of_the_same_path_and_parameters_are_of_one_secret()
    {
        var files = Parse("a = p?x=1&y=2#k\nb = p?y=2&x=1#l\nc = p?x=1\nd = p", []);
        Assert.Equal(3, files.Select(file => file.Path).Distinct().Count());
        Assert.Equal(files[0].Path, files[1].Path);
        Assert.Equal("1 2", string.Join(' ', files[0].Path.Parameters.OrderBy(pair => pair.Key).Select(pair => pair.Value)));
        var escaped = Assert.Single(Parse("a = p?common_name=%2Aa%26b", [])).Path.Parameters;
        Assert.Equal("*a&b", escaped["common_name"]);
    }

    [Fact]
    public void All_problems_are_reported_at_once_and_with_those_of_other_variables()
    {
        var (settings, problems) = Read(("VAULT_SECRETS", "a\nb = ..\nc = d"), ("SECRETS_INTERVAL", "1ms"), ("MODE", "both"));
        Assert.Null(settings);
        Assert.Equal(["MODE", "SECRETS_INTERVAL", "VAULT_SECRETS", "VAULT_SECRETS"], problems.Select(problem => problem.Split('=')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Without_a_token_there_are_no_secrets_and_an_interval_alone_is_odd()
    {
        Assert.Contains("VAULT_SECRETS while RETRIEVE_TOKEN=false", Assert.Single(Read(("VAULT_SECRETS", "a = b"), ("RETRIEVE_TOKEN", "false")).Problems), StringComparison.Ordinal);
        Assert.Null(Read(("VAULT_SECRETS", " \n# nothing\n")).Settings!.Secrets);
        Assert.Contains("SECRETS_INTERVAL has no effect without MODE=sidecar", Assert.Single(Read(("VAULT_SECRETS", "a = b"), ("SECRETS_INTERVAL", "1m")).Settings!.Warnings), StringComparison.Ordinal);
        Assert.Contains("SECRETS_INTERVAL has no effect without VAULT_SECRETS", Assert.Single(Read(("MODE", "sidecar"), ("SECRETS_INTERVAL", "1m")).Settings!.Warnings), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMinutes(5), Read(("VAULT_SECRETS", "a = b")).Settings!.Secrets!.Interval);
        var settings = Read(("VAULT_SECRETS", "a = b"), ("MODE", "sidecar"), ("SECRETS_INTERVAL", " 1s\n")).Settings!;
        Assert.Equal(TimeSpan.FromSeconds(1), settings.Secrets!.Interval);
        Assert.Empty(settings.Warnings);
    }

    private static IReadOnlyList<SecretFile> Parse(string text, List<string> problems) => SecretLines.Parse(text, problems);

    private (Settings? Settings, IReadOnlyList<string> Problems) Read(params (string Name, string Value)[] variables)
    {
        var all = variables.Append(("VAULT_ROLE_ID", "r")).Append(("CREDENTIALS_PATH", _folder)).ToDictionary(one => one.Item1, one => one.Item2);
        var settings = Settings.Read(all.GetValueOrDefault, out var problems);
        return (settings, problems);
    }
}
