namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>Why the ledger's object was not read or written.</summary>
public enum LedgerObjectFailure
{
    /// <summary>It is at another version, or is another object, or exists already.</summary>
    Conflict,

    /// <summary>It is not there.</summary>
    Missing,

    /// <summary>No answer, or one that says to try again: a write may have happened or not.</summary>
    Unreachable,

    /// <summary>Asking again is no use: a right is missing, it is too large.</summary>
    Refused,
}

/// <summary>The ledger's object was not read or written.</summary>
/// <param name="failure">Why.</param>
/// <param name="message">The server's own words.</param>
/// <param name="cause">What it came from.</param>
public sealed class LedgerObjectException(LedgerObjectFailure failure, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Why.</summary>
    public LedgerObjectFailure Failure { get; } = failure;
}
