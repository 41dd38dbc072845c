using AkkaVault.Shared.Push;

namespace AkkaVault.Controller.Deliveries;

/// <summary>What the outcome of a push means for the next one.</summary>
internal static class PushRules
{
    /// <summary>Whether the push took long and failed.</summary>
    /// <param name="outcome">Its outcome.</param>
    /// <param name="before">Whether the push before it did.</param>
    public static bool HasStalled(PushOutcome outcome, bool before) => outcome switch
    {
        PushOutcome.NoAnswer or PushOutcome.Rejected { Reason: PushRejection.VaultUnavailable } => true,
        // Nothing was sent.
        PushOutcome.TooLate => before,
        _ => false,
    };

    /// <summary>Whether, after this rejection, pushing the same wrapping token again cannot succeed.</summary>
    public static bool IsSpent(string reason) => reason is
        PushRejection.WrappingTokenInvalid or PushRejection.WrappingTokenForeign or PushRejection.ExpiredToken or
        PushRejection.LoginRefused or PushRejection.LoginFailed or PushRejection.SecretUnreadable or PushRejection.WriteFailed or
        PushRejection.InvalidPush or PushRejection.VaultNotExpected or PushRejection.InternalError;

    /// <summary>
    /// Whether somebody else may have used the wrapping token: the pod says that it is dead, although it has not expired and the pod
    /// cannot have used it itself.
    /// </summary>
    public static bool MayBeTheft(string reason, IssuedToken issued, DateTimeOffset now) =>
        reason == PushRejection.WrappingTokenInvalid && !issued.MayBeKnownToPod && issued.Expires > now;

    /// <summary>Whether only a person can correct what the rejection says; everything else passes by itself.</summary>
    public static bool IsStuck(string reason) => reason is
        PushRejection.LoginRefused or PushRejection.SecretUnreadable or PushRejection.WriteFailed or PushRejection.WrappingTokenInvalid or
        PushRejection.WrappingTokenForeign or PushRejection.InvalidPush or PushRejection.VaultNotExpected or PushRejection.InternalError;
}
