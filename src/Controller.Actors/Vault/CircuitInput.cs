namespace AkkaVault.Controller.Vault;

/// <summary>What happens at a circuit breaker.</summary>
internal abstract record CircuitInput
{
    private CircuitInput()
    {
    }

    /// <summary>A request was admitted.</summary>
    public sealed record Admitted : CircuitInput;

    /// <summary>A request has ended.</summary>
    /// <param name="Outcome">What it says of Vault.</param>
    /// <param name="Changes">The circuit's <see cref="VaultCircuit.Changes"/> when it admitted the request.</param>
    /// <param name="RetryAfter">How long Vault asked to wait; null: it did not.</param>
    public sealed record Ended(CircuitOutcome Outcome, int Changes, TimeSpan? RetryAfter) : CircuitInput;
}

/// <summary>What a request says of Vault.</summary>
internal enum CircuitOutcome
{
    /// <summary>Vault answered; a refusal is an answer.</summary>
    Answered,

    /// <summary>No answer, or 5xx.</summary>
    Failed,

    /// <summary>Vault is sealed: no request can succeed.</summary>
    Sealed,

    /// <summary>429.</summary>
    Throttled,

    /// <summary>The caller cancelled the request, so it says nothing.</summary>
    GivenUp,
}

/// <summary>What the gate does when the circuit has changed.</summary>
internal enum CircuitEffect
{
    /// <summary>Log and count that it has opened.</summary>
    ReportOpened,

    /// <summary>Log and count that it has closed.</summary>
    ReportClosed,
}
