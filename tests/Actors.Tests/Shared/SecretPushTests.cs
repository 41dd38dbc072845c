using System.Text;
using AkkaVault.Shared;
using AkkaVault.Shared.Push;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Shared;

public class SecretPushTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 20, 57, 40, TimeSpan.Zero);
    private static readonly SecretPush Good = new("s.secret", Now.AddSeconds(-2), 60, "https://vault:8200", null);

    [Fact]
    public void The_originals_wire_format_is_read()
    {
        var text = """{"token":"s.x","creationTime":"2026-11-23T20:57:38.123456789Z","ttl":60,"vaultAddr":"https://vault:8200","vaultCAs":null}"""u8;
        Assert.True(SecretPush.TryDecode(text, out var push));
        Assert.Empty(push!.Problems(Now));
        Assert.Equal(("s.x", 60L, "https://vault:8200"), (push.Token, push.Ttl, push.VaultAddr));
    }

    [Fact]
    public void The_originals_wire_format_is_written() => Assert.Equal(
        """{"token":"s.secret","creationTime":"2026-11-23T20:57:38+00:00","ttl":60,"vaultAddr":"https://vault:8200","vaultCAs":"AQI="}""",
        Encoding.UTF8.GetString((Good with { VaultCAs = [1, 2] }).Encode()).Replace("\\u002B", "+", StringComparison.Ordinal));

    [Fact]
    public void Every_problem_is_named_at_once() => Assert.Equal(4, new SecretPush("", default, 0, "vault", null).Problems(Now).Count);

    [Theory]
    [InlineData(59, true)]
    [InlineData(89, true)]
    [InlineData(91, false)]
    public void A_token_is_expired_after_its_ttl_and_the_tolerance(int age, bool usable) =>
        Assert.Equal(usable, (Good with { CreationTime = Now.AddSeconds(-age) }).Problems(Now).Count == 0);

    [Fact]
    public void An_address_or_a_token_with_white_space_is_refused_and_the_address_shown()
    {
        foreach (var blank in SettingTextTests.Invisible.Append(" "))
        {
            foreach (var address in (string[])[$"https://vault:8200{blank}", $"{blank}https://vault:8200", $"https://va{blank}ult:8200"])
                Assert.Equal($"vaultAddr is \"{SettingText.Visible(address)}\", expected an absolute http or https URL", Assert.Single((Good with { VaultAddr = address }).Problems(Now)));
            foreach (var token in (string[])[$"s.secret{blank}", $"{blank}s.secret", $"s.sec{blank}ret"])
                Assert.Equal("token has spaces, line breaks or other characters that no token has", Assert.Single((Good with { Token = token }).Problems(Now)));
        }
    }

    [Fact]
    public void A_password_in_an_address_that_is_none_is_not_shown() =>
        Assert.DoesNotContain("hush", Assert.Single((Good with { VaultAddr = "https://user:hush@vault\n" }).Problems(Now)), StringComparison.Ordinal);

    [Fact]
    public void Of_an_expired_token_both_clocks_are_told() => Assert.Equal(
        "the wrapping token is expired: created at 2026-11-23T20:56:00Z by Vault's clock for 60 s, and it is 2026-11-23T20:57:40Z by this node's, 100 s later; "
        + "if the token was created just now, one of the clocks is wrong: compare date -u on this node and on Vault's",
        Assert.Single((Good with { CreationTime = Now.AddSeconds(-100) }).Problems(Now)));

    [Fact]
    public void And_of_one_that_is_to_be_created_in_days() => Assert.Equal(
        "creationTime lies in the future: 2026-11-25T20:57:40Z by Vault's clock, while it is 2026-11-23T20:57:40Z by this node's; compare date -u on both",
        Assert.Single((Good with { CreationTime = Now.AddDays(2) }).Problems(Now)));

    [Fact]
    public void The_token_is_in_no_text() => Assert.DoesNotContain("s.secret", Good.ToString(), StringComparison.Ordinal);

    [Fact]
    public void Neither_is_a_password_in_the_address() =>
        Assert.Contains("VaultAddr = https://***@vault:8200,", (Good with { VaultAddr = "https://user:hush@vault:8200" }).ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_very_long_token_is_refused() =>
        Assert.Contains("token", Assert.Single((Good with { Token = new string('x', 100_000) }).Problems(Now)), StringComparison.Ordinal);

    [Fact]
    public void A_very_long_address_is_refused_and_no_text_is_long_for_it()
    {
        var push = Good with { VaultAddr = "https://vault/" + new string('x', 60_000) };
        Assert.Contains("vaultAddr", Assert.Single(push.Problems(Now)), StringComparison.Ordinal);
        Assert.InRange(push.ToString().Length + push.Problems(Now)[0].Length, 0, 500);
        Assert.DoesNotContain("ShortVaultAddr", Encoding.UTF8.GetString(push.Encode()), StringComparison.OrdinalIgnoreCase);
    }

    [Property(MaxTest = 1000)]
    public void No_body_is_a_crash(byte[] body) => SecretPush.TryDecode(body, out _);

    [Property(MaxTest = 500)]
    public void What_is_written_is_read_back(string token, int ttl, byte[]? cas)
    {
        // UTF-8 cannot encode a lone surrogate.
        var clean = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(token ?? ""));
        var push = Good with { Token = clean, Ttl = ttl, VaultCAs = cas };
        Assert.True(SecretPush.TryDecode(push.Encode(), out var read));
        Assert.Equal((clean, (long)ttl, push.CreationTime), (read!.Token, read.Ttl, read.CreationTime));
        Assert.Equal(cas, read.VaultCAs);
    }
}
