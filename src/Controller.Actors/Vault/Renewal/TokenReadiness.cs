using AkkaVault.Shared;

namespace AkkaVault.Controller.Vault.Renewal;

/// <summary>
/// What readiness says of the controller's token, as a pure state machine: why there is no token, or that renewals have failed for half of
/// its TTL.
/// </summary>
/// <param name="Problem">Why readiness is false; empty: it is not.</param>
/// <param name="FailingSince">Since when renewals have failed; null: the last one succeeded.</param>
internal sealed record TokenReadiness(string Problem, DateTimeOffset? FailingSince)
{
    /// <summary>Before the first token was checked.</summary>
    public static readonly TokenReadiness Initial = new("the Vault token has not been checked yet", null);

    /// <summary>A token is in use, or was renewed.</summary>
    public Transition<TokenReadiness, TokenRenewalEffect> HandleUsed() => (this with { FailingSince = null }).ThenSetProblem("");

    /// <summary>There is no token yet.</summary>
    public Transition<TokenReadiness, TokenRenewalEffect> HandleNoToken(string problem) => ThenSetProblem(problem);

    /// <summary>The token in use can be used no more.</summary>
    public Transition<TokenReadiness, TokenRenewalEffect> HandleLost(string problem) => (this with { FailingSince = null }).ThenSetProblem($"the Vault token is lost: {problem}");

    /// <summary>A renewal has failed: if all fail for half of the TTL, readiness becomes false.</summary>
    public Transition<TokenReadiness, TokenRenewalEffect> HandleRenewFailed(TokenInUse token, DateTimeOffset now) => FailingSince is null
        ? new(this with { FailingSince = now }, [new TokenRenewalEffect.ScheduleOverdueCheck(token.Ttl / 2)])
        : new(this, []);

    /// <summary>The check that a failed renewal has scheduled.</summary>
    public Transition<TokenReadiness, TokenRenewalEffect> HandleOverdueCheckDue(TokenInUse? token, DateTimeOffset now)
    {
        if (FailingSince is not { } since || token is null) return new(this, []);
        var left = since + (token.Ttl / 2) - now;
        // A timer may fire a few milliseconds early.
        return left > TimeSpan.Zero
            ? new(this, [new TokenRenewalEffect.ScheduleOverdueCheck(TokenRenewal.AtLeastShortestWait(left))])
            : ThenSetProblem($"the Vault token could not be renewed since {since:u}; it dies at {token.Expires:u}");
    }

    private Transition<TokenReadiness, TokenRenewalEffect> ThenSetProblem(string problem) =>
        problem == Problem ? new(this, []) : new(this with { Problem = problem }, [new TokenRenewalEffect.SetProblem(problem)]);
}
