namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>Why the ledger's object was not read or written.</summary>
internal enum LedgerObjectFailure
{
    /// <summary>The object has another version, is another object, or exists already.</summary>
    Conflict,

    /// <summary>There is no such object.</summary>
    Missing,

    /// <summary>There was no answer, or one that says to try again. A write may have been stored or not.</summary>
    Unreachable,

    /// <summary>Another attempt is of no use: a right is missing, or the object is too large.</summary>
    Refused,
}

/// <summary>The ledger's object was not read or written.</summary>
/// <param name="failure">Why.</param>
/// <param name="message">The server's own words.</param>
/// <param name="cause">The exception behind it.</param>
internal sealed class LedgerObjectException(LedgerObjectFailure failure, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Why.</summary>
    public LedgerObjectFailure Failure { get; } = failure;
}
