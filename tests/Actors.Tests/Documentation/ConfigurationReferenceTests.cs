using System.Reflection;
using System.Text.RegularExpressions;
using AkkaVault.Controller.Configuration;
using AkkaVault.Sandbox.Programs;

namespace AkkaVault.Actors.Tests.Documentation;

/// <summary>docs/configuration.md has everything that the code reads, with the code's defaults and limits.</summary>
public partial class ConfigurationReferenceTests
{
    private const string Wrong = "~( %";
    private static readonly Page s_page = Page.Read("docs/configuration.md");

    // Libraries and the runtime read these, and our code does not name them.
    private static readonly string[] s_readByLibraries =
        ["KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"];

    private static readonly string[] s_originals =
    [
        "raftDir", "vault.addr", "vault.token", "vault.skipTokenRoleNameValidation", "vault.wrappingTTL", "vault.tls.vaultCABackends", "vault.tls.caCert",
        "kubernetes.watchNamespace", "kubernetes.serviceNamespace", "kubernetes.service",
        "prometheus.tls.vaultCertBackend", "prometheus.tls.vaultCertRole", "prometheus.tls.vaultCABackends",
        "prometheus.tls.certFile", "prometheus.tls.certKey", "prometheus.tls.caCert",
    ];

    // Each of these is a folder that the controller creates, so any text is valid.
    private static readonly string[] s_anyText = ["raftDir", "dataDir"];

    private static readonly string[] s_notQuoted =
        ["vault.token", "vault.tokenFile", "vault.auth.kubernetes.jwtPath", "vault.auth.approle.roleIdFile", "vault.auth.approle.secretIdFile"];

    private static string[] KnownKeys => (string[])typeof(ConfigurationReader).GetField("KnownKeys", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;

    private static IReadOnlyList<Row> Keys => [.. s_page.Rows.Where(row => row.Header[0] == "key")];

    public static TheoryData<string> DocumentedKeys => [.. Keys.Select(NameOf)];

    [Fact]
    public void Every_key_is_there_once_and_no_other()
    {
        Assert.Equal(KnownKeys.Order(StringComparer.Ordinal), Keys.Select(NameOf).Order(StringComparer.Ordinal));
        Assert.All(Keys, row => Assert.Equal(["key", "default", "accepted", "from", "meaning"], row.Header));
        Assert.All(Keys, row => Assert.True(row.Cells.Count == 5 && row.Cells.All(cell => cell.Length > 0), row.Cells[0]));
    }

    [Fact]
    public void What_comes_from_the_original_is_marked_so() => Assert.Equal(
        s_originals.Order(StringComparer.Ordinal),
        Keys.Where(row => row.Cells[3] switch { "original" => true, "ours" => false, var other => throw new InvalidOperationException(other) }).Select(NameOf).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(DocumentedKeys))]
    public void The_default_is_what_the_code_takes(string key)
    {
        var written = Keys.Single(row => NameOf(row) == key).Cells[1];
        var without = Read(Around(key));
        if (written.StartsWith("required", StringComparison.Ordinal))
        {
            Assert.Contains(without.Problems, problem => problem.Contains(key, StringComparison.Ordinal) && problem.Contains("is missing", StringComparison.Ordinal));
            return;
        }

        Assert.Empty(without.Problems);
        // The page has no default, or a value in backticks, or words.
        if (written == "none" || Page.SpansIn(written).ToList() is not [var value] || written != $"`{value}`") return;
        var with = Read(Around(key, value));
        Assert.Empty(with.Problems);
        Assert.Equal($"{without.Configuration}", $"{with.Configuration}");
    }

    [Theory]
    [MemberData(nameof(DocumentedKeys))]
    public void What_is_accepted_is_what_the_code_accepts(string key)
    {
        var accepted = Keys.Single(row => NameOf(row) == key).Cells[2];
        foreach (var value in Page.SpansIn(accepted).Where(value => !KnownKeys.Contains(value)))
            Assert.DoesNotContain(Read(Around(key, value)).Problems, problem => problem.StartsWith($"{key}:", StringComparison.Ordinal));
        var quoted = s_notQuoted.Contains(key) ? ".*;" : $"\"{Regex.Escape(Wrong)}\":?";
        var said = Read(Around(key, Wrong)).Problems.Select(problem => Regex.Match(problem, $"^{Regex.Escape(key)}: {quoted} (?:expected )?(.*)$", RegexOptions.Singleline)).FirstOrDefault(match => match.Success);
        if (s_anyText.Contains(key))
        {
            Assert.Null(said);
            return;
        }

        // The page has the code's words, without their examples.
        Assert.NotNull(said);
        Assert.Contains(Examples().Split(said.Groups[1].Value)[0], accepted.Replace("`", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Every_environment_variable_that_is_read_is_there_and_no_other()
    {
        var read = new HashSet<string>(StringComparer.Ordinal);
        string? Note(string name)
        {
            read.Add(name);
            return null;
        }

        ConfigurationReader.Read("cluster: {port: 1}", name => Note(name));
        InitContainerSettings.Read(Note);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Page.Root, "src"), "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/Sandbox/", StringComparison.Ordinal) && !file.Contains("/Cli/", StringComparison.Ordinal)))
            read.UnionWith(VariableRead().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value));
        Assert.Equal(
            read.Union(s_readByLibraries).Order(StringComparer.Ordinal),
            s_page.Rows.Where(row => row.Header[0] == "variable").SelectMany(row => Page.SpansIn(row.Cells[0])).Distinct().Order(StringComparer.Ordinal));
    }

    public static TheoryData<string> InitContainerVariables =>
        [.. s_page.Rows.Where(row => row.Header[0] == "variable" && row.Header.Contains("default") && row.Heading.StartsWith("The init", StringComparison.Ordinal)).Select(NameOf)];

    [Theory]
    [MemberData(nameof(InitContainerVariables))]
    public void The_init_containers_variables_have_those_defaults_and_accept_that(string name)
    {
        var row = s_page.Rows.Single(row => row.Header[0] == "variable" && NameOf(row) == name);
        var (written, accepted) = (row.Cells[1], row.Cells[2]);
        if (name is "SSL_CERT_FILE" or "SSL_CERT_DIR" or "HOME") return;
        var folder = Directory.CreateTempSubdirectory("akkavault-docs-").FullName;
        try
        {
            var set = new Dictionary<string, string> { ["VAULT_ROLE_ID"] = "r", ["CREDENTIALS_PATH"] = folder };
            (string? Settings, IReadOnlyList<string> Problems) ReadWith(string? value)
            {
                var environment = new Dictionary<string, string>(set) { [name] = value ?? "" };
                // The combination of a wrapped secret_id and a token is invalid, so switch the token off.
                if (name == "UNWRAP_SECRET") environment["RETRIEVE_TOKEN"] = "false";
                return InitContainerSettings.Read(variable => environment.GetValueOrDefault(variable));
            }

            if (written.StartsWith("required", StringComparison.Ordinal)) Assert.Contains(ReadWith(null).Problems, problem => problem.StartsWith(name, StringComparison.Ordinal));
            else if (name == "CREDENTIALS_PATH") Assert.Equal($"`{InitContainerSettings.Constant("DefaultCredentialsPath")}`", written);
            else if (written != "none" && Page.SpansIn(written).FirstOrDefault() is { } value) Assert.Equal(ReadWith(null).Settings, Assert.IsType<string>(ReadWith(value).Settings));

            foreach (var good in Page.SpansIn(accepted)) Assert.DoesNotContain(ReadWith(good).Problems, problem => problem.StartsWith(name, StringComparison.Ordinal));
            var said = ReadWith(name == "CREDENTIALS_PATH" ? "/proc/no" : Wrong).Problems.Select(problem => Regex.Match(problem, $"^{name}=.*?, (?:expected )?(.*)$")).FirstOrDefault(match => match.Success);
            // A role_id may be any text. For the other two, a text that is neither true nor false has a meaning.
            if (name is "VAULT_ROLE_ID" or "RETRIEVE_TOKEN" or "UNWRAP_SECRET")
            {
                Assert.Null(said);
                return;
            }

            Assert.NotNull(said);
            Assert.Contains(Examples().Split(said.Groups[1].Value)[0], accepted.Replace("`", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Every_option_of_the_controller_is_there_with_its_default_and_no_other()
    {
        await using var process = ChildProcess.Start(ControllerProgram.Command, ["--help"], new Dictionary<string, string>());
        Assert.Equal(0, await process.ExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token));
        var options = process.Output.Select(line => OptionLine().Match(line)).Where(match => match.Success).ToList();
        Assert.NotEmpty(options);
        var rows = s_page.Rows.Where(row => row.Header[0] == "option" && row.Heading.StartsWith("The controller", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            options.Select(option => option.Groups["name"].Value.TrimStart('-')).Order(StringComparer.Ordinal),
            rows.Select(row => NameOf(row).TrimStart('-')).Order(StringComparer.Ordinal));
        foreach (var option in options.Where(option => option.Groups["default"].Success))
            Assert.Equal($"`{option.Groups["default"].Value}`", rows.Single(row => NameOf(row).TrimStart('-') == option.Groups["name"].Value.TrimStart('-')).Cells[1]);
        foreach (var option in options.Where(option => option.Groups["values"].Value.Contains('|', StringComparison.Ordinal)))
        {
            Assert.Equal(
                option.Groups["values"].Value.Split('|').Order(StringComparer.Ordinal),
                Page.SpansIn(rows.Single(row => NameOf(row).TrimStart('-') == option.Groups["name"].Value.TrimStart('-')).Cells[2]).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Every_expansion_in_the_table_is_that_of_the_code()
    {
        var rows = s_page.Rows.Where(row => row.Header[0] == "written").ToList();
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Equal(
            row.Cells[1] == "(empty)" ? "" : Page.SpansIn(row.Cells[1]).Single(),
            EnvironmentExpansion.Expand(Page.SpansIn(row.Cells[0]).Single(), name => name == "A" ? "1" : null)));
    }

    private static string NameOf(Row row) => Page.SpansIn(row.Cells[0]).First();

    private static ConfigurationResult Read(Dictionary<string, string> keys) => ConfigurationReader.Read(
        string.Concat(keys.Select(key => $"\"{key.Key}\": {(key.Value.StartsWith('[') ? key.Value : $"'{key.Value}'")}\n")), name => name == "POD_IP" ? "10.1.2.3" : null);

    /// <summary>A configuration in which a key takes effect, with or without the key itself.</summary>
    private static Dictionary<string, string> Around(string key, string? value = null)
    {
        var keys = new Dictionary<string, string>
        {
            ["vault.addr"] = "https://vault:8200",
            ["kubernetes.watchNamespace"] = "default",
            ["kubernetes.serviceNamespace"] = "default",
            ["kubernetes.service"] = "kubernetes-vault",
        };
        if (key.StartsWith("vault.auth.kubernetes", StringComparison.Ordinal)) (keys["vault.auth.kubernetes.role"], keys["vault.auth.kubernetes.jwtPath"]) = ("r", "/jwt");
        else if (key.StartsWith("vault.auth.approle", StringComparison.Ordinal)) (keys["vault.auth.approle.roleIdFile"], keys["vault.auth.approle.secretIdFile"]) = ("/r", "/s");
        else if (key != "vault.tokenFile") keys["vault.token"] = "s.token";
        if (key.StartsWith("cluster", StringComparison.Ordinal) || key.StartsWith("management", StringComparison.Ordinal)) keys["cluster.replicas"] = "1";
        if (key == "cluster.requiredContactPoints") (keys["cluster.replicas"], keys["state.store"]) = ("99", "kubernetes");
        if (key == "cluster.replicas") keys["cluster.port"] = "2552";
        keys.Remove(key);
        if (key == "vault.auth.kubernetes.jwtPath" && value is null) keys["vault.auth.kubernetes.mount"] = "kubernetes";
        if (value is not null) keys[key] = value;
        return keys;
    }

    [GeneratedRegex(@"(?:,? such as|, as in)|:| \(|;")]
    private static partial Regex Examples();

    [GeneratedRegex("""GetEnvironmentVariable\("([A-Z_a-z]+)"\)""")]
    private static partial Regex VariableRead();

    [GeneratedRegex(@"^\s+(?:-\?, -h, )?(?<name>--?[a-z-]+)(?: <(?<values>[^>]+)>)?\s.*?(?:\[default: (?<default>[^\]]+)\])?$")]
    private static partial Regex OptionLine();
}
