using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using AkkaVault.Controller.Deliveries.Push;
using AkkaVault.Shared.Push;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Deliveries.Push;

/// <summary>What the controller takes from the answer of any program on a pod's port.</summary>
public class RejectionAnswerTests
{
    private const string Token = "s.Vv4mMkWZtKTq3gQ0jZt6ZLdN";

    [Fact]
    public void The_init_containers_words_are_passed_on() => Assert.Equal(
        (PushRejection.InvalidPush, "vaultAddr is https://vault:8200, expected https://vault.example.org as in EXPECTED_VAULT_ADDR"),
        Read(PushRejection.InvalidPush, "vaultAddr is https://vault:8200, expected https://vault.example.org as in EXPECTED_VAULT_ADDR"));

    [Theory]
    [InlineData("")]
    [InlineData("Bad Request")]
    [InlineData("[]")]
    [InlineData("\"invalid-push\"")]
    [InlineData("""{"reason":7,"detail":"words"}""")]
    [InlineData("""{"reason":"stolen","detail":"words"}""")]
    [InlineData("""{"detail":"words"}""")]
    [InlineData("""{"reason":"\ud800","detail":"words"}""")]
    public void Who_gives_no_reason_of_ours_has_no_words_either(string answer) => Assert.Equal(("", ""), RejectionAnswer.Read(Encoding.UTF8.GetBytes(answer), Token));

    [Theory]
    [InlineData("""{"reason":"invalid-push"}""")]
    [InlineData("""{"reason":"invalid-push","detail":null}""")]
    [InlineData("""{"reason":"invalid-push","detail":["words"]}""")]
    public void Without_words_the_reason_is_enough(string answer) => Assert.Equal((PushRejection.InvalidPush, ""), RejectionAnswer.Read(Encoding.UTF8.GetBytes(answer), Token));

    [Theory]
    [InlineData("it was " + Token + ", was it not", "it was ***, was it not")]
    [InlineData("hvs.CAESIJlWh0MbhA8yVVm0yVx0b4 is none", "*** is none")]
    [InlineData("the secret_id 84896a0c-1347-aa90-a4f6-aca8b7558780 is none", "the secret_id *** is none")]
    [InlineData("at http://user:password@vault:8200/", "at http://***@vault:8200/")]
    [InlineData("one\r\n2026-11-24T00:00:00Z fail: two\u001b[31m\u202e", "one  2026-11-24T00:00:00Z fail: two [31m")]
    public void Secrets_are_masked_and_what_cannot_be_printed_is_left_out(string detail, string shown) => Assert.Equal((PushRejection.InvalidPush, shown), Read(PushRejection.InvalidPush, detail));

    [Property]
    public Property Whatever_is_answered_is_short_and_printable_and_without_the_token() => Prop.ForAll<NonNull<string>, NonNull<string>, bool>((before, after, echo) =>
    {
        var detail = $"{before.Get}{(echo ? Token : "")}{new string('x', 170)}{after.Get}{(echo ? Token : "")}";
        var (reason, shown) = Read(PushRejection.LoginRefused, detail);
        Assert.Equal(PushRejection.LoginRefused, reason);
        Assert.InRange(shown.Length, 1, RejectionAnswer.LongestDetail);
        Assert.DoesNotContain(Token, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(shown.EnumerateRunes(), rune => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format || rune == Rune.ReplacementChar && !detail.Contains('\uFFFD'));
    });

    [Property]
    public void Whatever_bytes_come_are_no_reason_to_fail(byte[] answer) => Assert.Contains(RejectionAnswer.Read(answer, Token).Reason, Known.Append(""));

    private static IEnumerable<string> Known => typeof(PushRejection).GetFields(BindingFlags.Public | BindingFlags.Static).Select(reason => (string)reason.GetRawConstantValue()!);

    private static (string Reason, string Detail) Read(string reason, string detail) =>
        RejectionAnswer.Read(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["reason"] = reason, ["detail"] = detail }), Token);
}
