using AkkaVault.Controller.Deliveries;
using AkkaVault.Shared.Push;

namespace AkkaVault.Controller.Runs;

/// <summary>Why a run has no secret yet, and what to do: in the same words for <c>akkavault explain pod</c> and for the page.</summary>
/// <param name="Code">A short word for scripts, such as <c>role-refused</c>.</param>
/// <param name="Sentence">What it is.</param>
/// <param name="WhatToDo">What to do.</param>
internal sealed record RunExplanation(string Code, string Sentence, string WhatToDo)
{
    private const string Unknown = "delivery-failed";
    private const int InternalServerError = 500;
    private const string IsAnother = "; the sidecar has a secret, and is to get another one";

    /// <summary>Of a run whose last attempt failed: the code decides, the text is only shown.</summary>
    /// <param name="error">What the controllers say to people.</param>
    /// <param name="code">See <see cref="ProblemCode"/>; empty: the controllers are of a version that gives none.</param>
    /// <param name="role">The pod's AppRole.</param>
    /// <param name="attempts">How many attempts there were.</param>
    /// <param name="node">The member that works on it; null: not known.</param>
    /// <param name="isRedelivery">Whether the run has a secret, and asked for another one.</param>
    public static RunExplanation OfError(string error, string code, string role, int attempts, string? node, bool isRedelivery)
    {
        var (finding, sentence) = Meaning(code, role);
        var advice = finding == Unknown
            ? $"Look at the log of the controller that works on it{(node is null ? "" : $" ({node})")}."
            : ProblemAdvice.For(code, role);
        return isRedelivery
            ? new RunExplanation(
                finding, $"{sentence}: {error.TrimEnd('.')} (attempt {attempts}{IsAnother}).",
                $"{advice} If no other secret comes in time, the sidecar ends with 4 while its token is still good, and is started again.")
            : new RunExplanation(finding, $"{sentence}: {error.TrimEnd('.')} (attempt {attempts}).", advice);
    }

    /// <summary>Of a run that nothing is known to keep from its secret.</summary>
    /// <param name="state">Its state, as a word.</param>
    /// <param name="attempts">How many attempts there were.</param>
    /// <param name="node">The member that works on it; null: not known.</param>
    /// <param name="isRedelivery">Whether the run has a secret, and asked for another one.</param>
    public static RunExplanation OfProgress(string state, int attempts, string? node, bool isRedelivery) => new(
        "in-progress", $"The controllers are working on it (state {state}, {Attempts(attempts)}{(node is null ? "" : $", at {node}")}{(isRedelivery ? IsAnother : "")}).",
        "Wait some seconds and ask again.");

    /// <summary>The number of attempts in words.</summary>
    public static string Attempts(int attempts) => attempts == 1 ? "1 attempt" : $"{attempts} attempts";

    private static (string Finding, string Sentence) Meaning(string code, string role) => code switch
    {
        "vault-400" => ("role-unfit", $"Vault cannot issue a secret_id of the role {role}"),
        "vault-403" => ("role-refused", $"Vault refuses the controllers a secret_id of the role {role}"),
        "vault-404" => ("role-missing", $"Vault has no AppRole {role}, or AppRole is mounted elsewhere"),
        "vault-429" => ("vault-throttled", "Vault's rate limit holds the controllers back"),
        ProblemCode.VaultTokenLost => ("token-lost", "The controllers' own Vault token is lost"),
        ProblemCode.VaultSealed => ("vault-sealed", "Vault is sealed"),
        ProblemCode.VaultUntrusted => ("vault-untrusted", "The controllers do not trust Vault's certificate"),
        ProblemCode.VaultUnreachable or ProblemCode.VaultNoAnswer => ("vault-unreachable", "The controllers cannot reach Vault"),
        ProblemCode.NotVault => ("not-vault", "What answers the controllers in Vault's place is not Vault"),
        ProblemCode.VaultAwaited => ("vault-awaited", "The controllers wait for Vault"),
        ProblemCode.WrappingTooShort => ("wrapping-too-short", "The wrapping token was dead before it could be pushed"),
        ProblemCode.TooLate or ProblemCode.PushAwaited => ("push-late", "The push waited too long in the queue"),
        ProblemCode.NotListening => ("not-listening", "Nobody listens for a push in the pod"),
        ProblemCode.NoAnswer => ("no-answer", "The pod does not answer"),
        ProblemCode.NotTls => ("not-tls", "What answers on port 50000 of the pod does not speak TLS as the init container does"),
        PushRejection.LoginRefused => ("login-refused", "Vault refuses the init container's login"),
        PushRejection.SecretUnreadable => ("secret-unreadable", "Vault does not give the init container a secret of VAULT_SECRETS"),
        PushRejection.WriteFailed => ("write-failed", "The init container cannot write the credentials"),
        PushRejection.WrappingTokenInvalid => (PushRejection.WrappingTokenInvalid, "Vault did not know the wrapping token when the init container asked: it was used, revoked, or had expired"),
        PushRejection.WrappingTokenForeign => ("wrapping-token-foreign", "The init container rejects wrapping tokens that were created at that path"),
        PushRejection.VaultUnavailable or PushRejection.LoginFailed => ("pod-cannot-reach-vault", "The init container cannot reach Vault"),
        PushRejection.ExpiredToken => ("expired-token", "By the init container's clock the wrapping token has expired"),
        PushRejection.VaultNotExpected => ("vault-not-expected", "The init container expects another Vault than the controllers' push names"),
        PushRejection.InternalError => ("init-container-failed", "Something went wrong in the init container that was not foreseen"),
        PushRejection.InvalidPush => ("invalid-push", "The init container does not take what the controllers push"),
        _ when ProblemCode.StatusOfVaultIn(code) >= InternalServerError => ("vault-failing", "Vault fails"),
        _ when PushRejection.IsKnown(code) || ProblemCode.StatusOfAnswerIn(code) is not null => ("push-refused", "The init container did not take the push"),
        _ => (Unknown, "The last attempt failed"),
    };
}
