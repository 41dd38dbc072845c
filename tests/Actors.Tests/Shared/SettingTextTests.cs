using AkkaVault.Shared;
using AkkaVault.Shared.Vault;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Shared;

public class SettingTextTests
{
    /// <summary>Invisible characters: line breaks, tab, no-break space, zero-width space, byte order mark, line separator, next line.</summary>
    public static IReadOnlyList<string> Invisible { get; } = ["\n", "\r\n", "\t", "\u00a0", "\u200b", "\ufeff", "\u2028", "\u0085"];

    [Fact]
    public void All_of_it_is_cut_off_at_both_ends()
    {
        foreach (var blank in Invisible.Append(" ").Append(" \r\n\t "))
            Assert.Equal(("a b", "", "x"), (SettingText.Trim($"{blank}a b{blank}"), SettingText.Trim(blank + blank), SettingText.Trim($"x{blank}")));
    }

    [Fact]
    public void Inside_it_is_found_and_shown_as_an_escape()
    {
        Assert.All(Invisible.Append("\0").Append("\u001b"), invisible => Assert.True(SettingText.HasInvisible($"a{invisible}b")));
        Assert.False(SettingText.HasInvisible("a b"));
        Assert.True(SettingText.HasBlank("a b"));
        Assert.Equal(@"a\n\r\tb\u00a0\u200b\ufeff\u0000 c", SettingText.Visible("a\n\r\tb\u00a0\u200b\ufeff\0 c"));
    }

    [Property(MaxTest = 1000)]
    public bool What_is_shown_has_nothing_invisible_and_is_in_one_line(string? text) =>
        !SettingText.HasInvisible(SettingText.Visible(text ?? "")) && SettingText.Visible(text ?? "").ReplaceLineEndings("") == SettingText.Visible(text ?? "");

    [Property(MaxTest = 1000)]
    public bool What_is_trimmed_stays_so_and_loses_nothing_that_is_seen(string? text) =>
        SettingText.Trim(SettingText.Trim(text ?? "")) == SettingText.Trim(text ?? "")
        && (text ?? "").Contains(SettingText.Trim(text ?? ""), StringComparison.Ordinal)
        && SettingText.Trim($"x{text}y") == $"x{text}y";

    [Theory]
    [InlineData("https://vault:8200", "https://vault:8200/")]
    [InlineData("https://vault:8200/", "https://vault:8200/")]
    [InlineData("http://10.0.0.1/vault//", "http://10.0.0.1/vault/")]
    [InlineData("https://[fd00::7]:8200", "https://[fd00::7]:8200/")]
    public void Vaults_address_is_a_URL(string text, string address)
    {
        Assert.True(VaultAddress.TryParse(text, out var read));
        Assert.Equal(address, read.AbsoluteUri);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("vault:8200")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https:")]
    [InlineData("https://")]
    [InlineData("https:///")]
    [InlineData("/v1")]
    public void And_nothing_else(string? text) => Assert.False(VaultAddress.TryParse(text, out _));

    [Fact]
    public void Nor_one_with_white_space_around_it_or_in_it_which_NETs_parser_takes()
    {
        Assert.True(Uri.TryCreate("https://vault:8200\n", UriKind.Absolute, out _));
        foreach (var blank in Invisible.Append(" "))
            Assert.All((string[])[$"https://vault:8200{blank}", $"{blank}https://vault:8200", $"https://vault:8200/a{blank}b", $"https://va{blank}ult:8200"], text => Assert.False(VaultAddress.TryParse(text, out _), SettingText.Visible(text)));
    }

    [Property(MaxTest = 2000)]
    public bool Below_what_is_taken_a_path_can_be_named(string? text)
    {
        if (!VaultAddress.TryParse($"https://vault/{text}", out var address)) return true;
        return new Uri(address, "v1/sys/wrapping/lookup").AbsoluteUri.EndsWith("/v1/sys/wrapping/lookup", StringComparison.Ordinal) && VaultTransport.Create(address, new SystemTrust()).BaseAddress is not null;
    }
}
