using AkkaVault.Shared.Push;

namespace AkkaVault.Controller.Deliveries;

/// <summary>What the outcome of a push means for the next one.</summary>
internal static class PushRules
{
    /// <summary>Whether it kept its place for long and for nothing.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="before">The same of the push before it.</param>
    public static bool HasStalled(PushOutcome outcome, bool before) => outcome switch
    {
        PushOutcome.NoAnswer or PushOutcome.Rejected { Reason: PushRejection.VaultUnavailable } => true,
        // It was not sent.
        PushOutcome.TooLate => before,
        _ => false,
    };

    /// <summary>Whether, after this rejection, pushing the same wrapping token again cannot succeed.</summary>
    public static bool IsSpent(string reason) => reason is
        PushRejection.WrappingTokenInvalid or PushRejection.WrappingTokenForeign or PushRejection.ExpiredToken or
        PushRejection.LoginRefused or PushRejection.LoginFailed or PushRejection.WriteFailed or PushRejection.InvalidPush or
        PushRejection.VaultNotExpected or PushRejection.InternalError;

    /// <summary>Whether only a person can mend it; everything else passes by itself.</summary>
    public static bool IsStuck(string reason) => reason is
        PushRejection.LoginRefused or PushRejection.WriteFailed or PushRejection.WrappingTokenInvalid or PushRejection.WrappingTokenForeign or
        PushRejection.InvalidPush or PushRejection.VaultNotExpected or PushRejection.InternalError;
}
