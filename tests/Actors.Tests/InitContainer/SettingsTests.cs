using AkkaVault.Actors.Tests.Shared;
using AkkaVault.InitContainer;
using AkkaVault.Shared;

namespace AkkaVault.Actors.Tests.InitContainer;

/// <summary>Invisible characters in the init container's variables, as a Secret or a template may bring them.</summary>
public sealed class SettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akkavault-settings-").FullName;

    public static TheoryData<string, string> Variables => new()
    {
        { "VAULT_ROLE_ID", "d2e27d90-fc1a" },
        { "CREDENTIALS_PATH", "" },
        { "LOG_LEVEL", "error" },
        { "TIMEOUT", "90s" },
        { "LISTEN_ADDRESS", "10.0.0.7" },
        { "EXPECTED_VAULT_ADDR", "https://vault:8200" },
        { "RETRIEVE_TOKEN", "false" },
        { "UNWRAP_SECRET", "false" },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Variables))]
    public void At_its_ends_it_makes_no_difference(string name, string good)
    {
        if (good.Length == 0) good = _folder;
        var clean = Read(name, good).Settings;
        Assert.NotNull(clean);
        foreach (var blank in SettingTextTests.Invisible.Append(" "))
        {
            var (settings, problems) = Read(name, $"{blank}{good}{blank}");
            Assert.Empty(problems);
            Assert.Equal(clean with { Warnings = [] }, settings! with { Warnings = [] });
            Assert.Empty(settings.Warnings);
        }
    }

    [Theory]
    [MemberData(nameof(Variables))]
    public void In_it_it_is_the_one_problem_and_shown(string name, string good)
    {
        if (good.Length == 0) good = Path.Combine(_folder, "a");
        foreach (var blank in SettingTextTests.Invisible)
        {
            var value = good.Insert(good.Length - 1, blank);
            var (settings, problems) = Read(name, value);
            Assert.Null(settings);
            Assert.Equal($"{name}={SettingText.Visible(value)}, expected no line breaks and no other invisible characters in it", Assert.Single(problems));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("LOG_LEVEL", "err or")]
    [InlineData("TIMEOUT", "90 s")]
    [InlineData("LISTEN_ADDRESS", "10.0. 0.7")]
    [InlineData("EXPECTED_VAULT_ADDR", "https://vault:8200/a b")]
    public void Nor_is_a_space_taken(string name, string value) => Assert.StartsWith($"{name}={value}", Assert.Single(Read(name, value).Problems), StringComparison.Ordinal);

    [Fact]
    public void What_is_only_white_space_is_unset() => Assert.Equal("VAULT_ROLE_ID is not set, expected the role_id of the pod's AppRole", Assert.Single(Read("VAULT_ROLE_ID", " \n").Problems));

    [Fact]
    public void A_password_is_not_shown() => Assert.DoesNotContain("hu", Assert.Single(Read("EXPECTED_VAULT_ADDR", "https://user:hu\nsh@vault").Problems), StringComparison.Ordinal);

    private (Settings? Settings, IReadOnlyList<string> Problems) Read(string name, string value)
    {
        var environment = new Dictionary<string, string> { ["VAULT_ROLE_ID"] = "r", ["CREDENTIALS_PATH"] = _folder };
        if (name == "UNWRAP_SECRET") environment["RETRIEVE_TOKEN"] = "false";
        environment[name] = value;
        var settings = Settings.Read(variable => environment.GetValueOrDefault(variable), out var problems);
        return (settings, problems);
    }
}
