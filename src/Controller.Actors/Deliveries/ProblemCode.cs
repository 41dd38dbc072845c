using System.Globalization;
using AkkaVault.Shared.Push;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Deliveries;

/// <summary>
/// What keeps a run from its secret, for programs: one of these, a reason of <see cref="PushRejection"/>, <c>status-</c> and the
/// HTTP status where the init container's answer had no reason, or <c>vault-</c> and the status of Vault's.
/// </summary>
internal static class ProblemCode
{
    /// <summary>Nobody listens on the pod's port.</summary>
    public const string NotListening = "not-listening";

    /// <summary>The pod cannot be reached, or does not answer.</summary>
    public const string NoAnswer = "no-answer";

    /// <summary>What answers on the pod's port does not speak TLS.</summary>
    public const string NotTls = "not-tls";

    /// <summary>The wrapping token would have expired before it could be pushed.</summary>
    public const string TooLate = "too-late";

    /// <summary>A push waits for a free slot.</summary>
    public const string PushAwaited = "push-awaited";

    /// <summary>A request waits until Vault serves, or for its answer.</summary>
    public const string VaultAwaited = "vault-awaited";

    /// <summary>The wrapping token had almost expired when Vault answered.</summary>
    public const string WrappingTooShort = "wrapping-too-short";

    /// <summary>Vault is sealed.</summary>
    public const string VaultSealed = "vault-sealed";

    /// <summary>The controller cannot reach Vault.</summary>
    public const string VaultUnreachable = "vault-unreachable";

    /// <summary>Vault does not answer the controller in time.</summary>
    public const string VaultNoAnswer = "vault-no-answer";

    /// <summary>The controller does not trust Vault's certificate.</summary>
    public const string VaultUntrusted = "vault-untrusted";

    /// <summary>Somebody else answers the controller in Vault's place.</summary>
    public const string NotVault = "not-vault";

    /// <summary>The controller's own token is no longer valid.</summary>
    public const string VaultTokenLost = "vault-token-lost";

    /// <summary>Vault's answer makes no sense, or Vault could not be asked.</summary>
    public const string VaultFailed = "vault-failed";

    /// <summary>A bug of this program.</summary>
    public const string Unforeseen = "unforeseen";

    private const string StatusOfVault = "vault-";
    private const string StatusOfAnswer = "status-";

    /// <summary>Why Vault issued nothing.</summary>
    public static string Of(VaultException failure) => failure.Cause switch
    {
        VaultCause.Status when failure.Failure == VaultFailure.Sealed => VaultSealed,
        VaultCause.Status when failure.Status is { } status => string.Create(CultureInfo.InvariantCulture, $"{StatusOfVault}{(int)status}"),
        VaultCause.NotVault => NotVault,
        VaultCause.Unreachable => VaultUnreachable,
        VaultCause.Untrusted => VaultUntrusted,
        VaultCause.NoAnswer => VaultNoAnswer,
        VaultCause.TokenLost => VaultTokenLost,
        _ => VaultFailed,
    };

    /// <summary>Why an init container rejected a push.</summary>
    public static string Of(PushOutcome.Rejected rejected) =>
        rejected.Reason.Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"{StatusOfAnswer}{rejected.Status}") : rejected.Reason;

    /// <summary>The status of Vault's answer; null: the code has none.</summary>
    public static int? StatusOfVaultIn(string code) => StatusIn(code, StatusOfVault);

    /// <summary>The status of a pod's answer that had no reason; null: the code has none.</summary>
    public static int? StatusOfAnswerIn(string code) => StatusIn(code, StatusOfAnswer);

    private static int? StatusIn(string code, string prefix) =>
        code.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(code.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? status
            : null;
}
