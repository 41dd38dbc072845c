namespace AkkaVault.Controller.Deliveries;

/// <summary>How a push ended.</summary>
internal abstract record PushOutcome
{
    private PushOutcome()
    {
    }

    /// <summary>2xx: the init container has its secret.</summary>
    /// <param name="NextDelivery">After what time it wants another one; null: it wants none.</param>
    public sealed record Succeeded(TimeSpan? NextDelivery = null) : PushOutcome;

    /// <summary>There was no connection: the wrapping token did not leave this node.</summary>
    /// <param name="Detail">What the network said.</param>
    /// <param name="Code">See <see cref="ProblemCode"/>.</param>
    public sealed record NotListening(string Detail, string Code = ProblemCode.NotListening) : PushOutcome;

    /// <summary>The connection broke or no answer came in time: the init container may or may not have the wrapping token.</summary>
    /// <param name="Detail">What the network said.</param>
    /// <param name="Code">See <see cref="ProblemCode"/>.</param>
    public sealed record NoAnswer(string Detail, string Code = ProblemCode.NoAnswer) : PushOutcome;

    /// <summary>The wrapping token would have been expired when its turn came: it was not sent.</summary>
    public sealed record TooLate : PushOutcome;

    /// <summary>The answer had another status than 2xx.</summary>
    /// <param name="Status">The HTTP status.</param>
    /// <param name="Reason">The init container's machine-readable reason (see PushRejection); empty from the original's.</param>
    /// <param name="Detail">The init container's words for people, which are safe to show; empty: none.</param>
    /// <param name="NextDelivery">After what time a run that is served already wants another secret; null: it wants none.</param>
    public sealed record Rejected(int Status, string Reason, string Detail = "", TimeSpan? NextDelivery = null) : PushOutcome;
}
