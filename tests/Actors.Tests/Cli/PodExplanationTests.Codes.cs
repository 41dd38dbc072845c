using System.Reflection;
using AkkaVault.Cli.Explaining;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Shared.Push;

namespace AkkaVault.Actors.Tests.Cli;

/// <summary>The finding and the advice for each code of a problem.</summary>
public sealed partial class PodExplanationTests
{
    [Theory]
    [InlineData("vault-403", "role-refused", "Grant update on auth/approle/role/web/secret-id, or below vault.approlePath")]
    [InlineData("vault-404", "role-missing", "Create the role")]
    [InlineData("vault-400", "role-unfit", "vault read auth/approle/role/web")]
    [InlineData("vault-429", "vault-throttled", "quota")]
    [InlineData("vault-500", "vault-failing", "Vault's log")]
    [InlineData("vault-503", "vault-failing", "Vault's log")]
    [InlineData(ProblemCode.VaultSealed, "vault-sealed", "Unseal")]
    [InlineData(ProblemCode.VaultTokenLost, "token-lost", "another token")]
    [InlineData(ProblemCode.VaultUnreachable, "vault-unreachable", "NetworkPolicy")]
    [InlineData(ProblemCode.VaultNoAnswer, "vault-unreachable", "NetworkPolicy")]
    [InlineData(ProblemCode.NotVault, "not-vault", "vault.addr")]
    [InlineData(ProblemCode.VaultUntrusted, "vault-untrusted", "vault.tls.caCert")]
    [InlineData(ProblemCode.VaultAwaited, "vault-awaited", "/ready")]
    [InlineData(ProblemCode.VaultFailed, "delivery-failed", "log of the controller that works on it")]
    [InlineData("vault-405", "delivery-failed", "log of the controller that works on it")]
    [InlineData(ProblemCode.WrappingTooShort, "wrapping-too-short", "vault.wrappingTTL")]
    [InlineData(ProblemCode.TooLate, "push-late", "vault.wrappingTTL")]
    [InlineData(ProblemCode.PushAwaited, "push-late", "akkavault pods")]
    [InlineData(PushRejection.LoginRefused, "login-refused", "VAULT_ROLE_ID")]
    [InlineData(PushRejection.LoginFailed, "pod-cannot-reach-vault", "NetworkPolicy")]
    [InlineData(PushRejection.VaultUnavailable, "pod-cannot-reach-vault", "NetworkPolicy")]
    [InlineData(PushRejection.SecretUnreadable, "secret-unreadable", "VAULT_SECRETS")]
    [InlineData(PushRejection.WriteFailed, "write-failed", "CREDENTIALS_PATH")]
    [InlineData(PushRejection.WrappingTokenInvalid, "wrapping-token-invalid", "audit log")]
    [InlineData(PushRejection.WrappingTokenForeign, "wrapping-token-foreign", "version")]
    [InlineData(PushRejection.ExpiredToken, "expired-token", "clocks")]
    [InlineData(PushRejection.InvalidPush, "invalid-push", "clocks")]
    [InlineData(PushRejection.VaultNotExpected, "vault-not-expected", "EXPECTED_VAULT_ADDR")]
    [InlineData(PushRejection.InternalError, "init-container-failed", "report")]
    [InlineData(PushRejection.UndecodablePush, "push-refused", "port 50000")]
    [InlineData(PushRejection.BodyTooLarge, "push-refused", "port 50000")]
    [InlineData(PushRejection.BodyTooSlow, "push-refused", "port 50000")]
    [InlineData(PushRejection.NotFound, "push-refused", "port 50000")]
    [InlineData(PushRejection.MethodNotAllowed, "push-refused", "port 50000")]
    [InlineData("status-404", "push-refused", "service mesh")]
    [InlineData(ProblemCode.NotListening, "not-listening", "LISTEN_ADDRESS")]
    [InlineData(ProblemCode.NoAnswer, "no-answer", "NetworkPolicy")]
    [InlineData(ProblemCode.NotTls, "not-tls", "service mesh")]
    [InlineData(ProblemCode.Unforeseen, "delivery-failed", "log of the controller that works on it")]
    [InlineData("of-tomorrow", "delivery-failed", "log of the controller that works on it")]
    [InlineData(null, "delivery-failed", "log of the controller that works on it")]
    public void Why_a_delivery_fails_is_found_by_the_code_whatever_the_words_are(string? code, string finding, string toDo) => Assert.All(Words, words =>
    {
        var facts = Facts(Pod(), History(Run("waiting", words, code: code)));
        Finds(facts, 1, finding);
        var found = PodExplanation.Of(facts)[0];
        Assert.Contains(words.TrimEnd('.'), found.Sentence, StringComparison.Ordinal);
        Assert.Contains(toDo, found.WhatToDo, StringComparison.Ordinal);
    });

    [Fact]
    public void Every_code_there_is_has_been_thought_of() => Assert.Empty(
        typeof(ProblemCode).GetFields().Where(field => field.IsLiteral).Concat(typeof(PushRejection).GetFields())
            .Select(field => (string)field.GetRawConstantValue()!).Where(code => code != PushRejection.AlreadyServed)
            .Except(
                typeof(PodExplanationTests).GetMethod(nameof(Why_a_delivery_fails_is_found_by_the_code_whatever_the_words_are))!.GetCustomAttributesData()
                    .Where(data => data.AttributeType == typeof(InlineDataAttribute))
                    .Select(data => ((IReadOnlyCollection<CustomAttributeTypedArgument>)data.ConstructorArguments[0].Value!).First().Value as string ?? "")));

    // Each text was once the message of another problem.
    private static readonly string[] Words =
    [
        "PUT auth/approle/role/web/secret-id: 403: 1 error occurred: * permission denied",
        "PUT auth/approle/role/web/secret-id: 503: error performing token check: Vault is sealed",
        "the controller's Vault token is lost, or that could not be ruled out",
        $"the init container answered 502 ({PushRejection.LoginRefused})",
        "Connection refused (10.1.0.5:50000)",
        "The SSL connection could not be established, see inner exception.",
        "it is not trusted",
    ];
}
