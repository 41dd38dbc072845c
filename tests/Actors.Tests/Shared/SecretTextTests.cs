using AkkaVault.Shared;
using FsCheck.Xunit;

namespace AkkaVault.Actors.Tests.Shared;

/// <summary>What is masked in texts from other programs.</summary>
public class SecretTextTests
{
    private const string Uuid = "84896a0c-1347-aa90-a4f6-aca8b7558780";

    [Theory]
    [InlineData("the token s.HCRAdYbAmhVyAXaZZUqdRd, or hvs.CAESIJlWh0MbhA8yVVm0yVx0b4.", "the token ***, or ***")]
    [InlineData("batch b.AAAAAQJnKqpVqGq7gXvEXAMPLE and eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", "batch *** and ***")]
    [InlineData("secret_id=" + Uuid + ";pod-" + Uuid, "secret_id=***;***")]
    [InlineData("X-hvs.CAESIJlWh0MbhA8yVVm0yVx0b4", "***")]
    [InlineData("", "")]
    public void What_is_like_a_secret_is_masked_by_both(string text, string masked)
    {
        Assert.Equal(masked, SecretText.Mask(text));
        Assert.Equal(masked, SecretText.MaskStrictly(text));
    }

    [Theory]
    [InlineData("vaultAddr is https://vault-0.vault-internal.svc:8200, expected EXPECTED_VAULT_ADDR", "vaultAddr is https://***:8200, expected EXPECTED_VAULT_ADDR")]
    [InlineData("a custom secret_id, 0123456789abcdefghijklmnopqrstuv", "a custom secret_id, ***")]
    public void A_long_word_with_a_digit_is_masked_only_strictly(string text, string strictly)
    {
        Assert.Equal(text, SecretText.Mask(text));
        Assert.Equal(strictly, SecretText.MaskStrictly(text));
    }

    [Theory]
    [InlineData("s.short and hvs.CAES")]
    [InlineData("System.InvalidOperationException: somewhere.in.this.very.long.namespace")]
    public void Other_words_stay(string text) => Assert.Equal(text, SecretText.MaskStrictly(text));

    [Property]
    public void A_token_is_masked_wherever_it_stands(string? before, string? after)
    {
        const string Token = "hvs.CAESIJlWh0MbhA8yVVm0yVx0b4";
        var text = $"{before} {Token}{after}";
        Assert.DoesNotContain(Token, SecretText.Mask(text), StringComparison.Ordinal);
        Assert.DoesNotContain(Token, SecretText.MaskStrictly(text), StringComparison.Ordinal);
    }
}
