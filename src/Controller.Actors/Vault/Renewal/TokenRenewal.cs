using System.Collections.Immutable;
using AkkaVault.Shared;
using AkkaVault.Shared.Vault;
using Transition = AkkaVault.Shared.Transition<AkkaVault.Controller.Vault.Renewal.TokenRenewal, AkkaVault.Controller.Vault.Renewal.TokenRenewalEffect>;

namespace AkkaVault.Controller.Vault.Renewal;

/// <summary>
/// How the controller's own token is obtained, checked against the rules and renewed at half of its life, as a pure state machine. Where a
/// renewal fails it is tried again with backoff, and another token is obtained where there can be one.
/// </summary>
internal sealed record TokenRenewal
{
    /// <summary>What is done when the timer is due.</summary>
    private enum Next
    {
        Obtain,
        Check,
        Renew,
    }

    /// <summary>A login token that is denied its own look-up within this time was not revoked: its policies do not let it look itself up.</summary>
    public static readonly TimeSpan FreshLogin = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The longest time between two look-ups of the token in use. A controller with no pods to serve makes no other request to Vault for
    /// hours, and readiness must say that its token was revoked.
    /// </summary>
    public static readonly TimeSpan ConfirmationInterval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);

    /// <summary>Without a token.</summary>
    /// <param name="origin">Where tokens come from.</param>
    /// <param name="wasInUse">Whether this process has used a token before.</param>
    public TokenRenewal(TokenOrigin origin, bool wasInUse = false) => (Origin, WasInUse) = (origin, wasInUse);

    /// <summary>Where tokens come from.</summary>
    public TokenOrigin Origin { get; }

    /// <summary>The token in use; null: there is none.</summary>
    public TokenInUse? InUse { get; private init; }

    /// <summary>Number of the operation under way; answers to older ones are late.</summary>
    public int Operation { get; private init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; private init; }

    /// <summary>Whether a token was ever in use: before that, one that breaks the rules ends the program.</summary>
    public bool WasInUse { get; private init; }

    /// <summary>What readiness says of the token.</summary>
    public TokenReadiness Readiness { get; private init; } = TokenReadiness.Initial;

    private Next AfterWait { get; init; }

    /// <summary>When the token in use is to be renewed.</summary>
    private DateTimeOffset RenewAt { get; init; }

    /// <summary>Since when it is in use.</summary>
    private DateTimeOffset UsedSince { get; init; }

    /// <summary>The token that is being checked.</summary>
    private VaultTokenValue? Candidate { get; init; }

    /// <summary>The last token that was not taken: a file is not checked again before it changes.</summary>
    private VaultTokenValue? Rejected { get; init; }

    /// <summary>Whether the policies of the login's token forbid its own look-up: a look-up then says nothing.</summary>
    private bool LookUpIsDenied { get; init; }

    /// <summary>Whether Vault is being asked if the token is alive.</summary>
    public bool IsConfirming { get; private init; }

    /// <summary>The transition function.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">This node's clock.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public Transition Handle(TokenRenewalInput input, DateTimeOffset now, double jitter) => input switch
    {
        TokenRenewalInput.Started => ThenObtain(),
        TokenRenewalInput.Obtained obtained when obtained.Operation == Operation => ThenCheck(obtained.Token),
        TokenRenewalInput.LoggedIn loggedIn when loggedIn.Operation == Operation => HandleLoggedIn(loggedIn, now, jitter),
        TokenRenewalInput.ObtainFailed failed when failed.Operation == Operation => HandleObtainFailed(failed.Problem, now, jitter),
        TokenRenewalInput.Checked answer when answer.Operation == Operation => HandleChecked(answer, now, jitter),
        TokenRenewalInput.CheckFailed failed when failed.Operation == Operation => HandleCheckFailed(failed.Problem, now, jitter),
        TokenRenewalInput.Renewed renewed when renewed.Operation == Operation => HandleRenewed(renewed, now, jitter),
        TokenRenewalInput.RenewFailed failed when failed.Operation == Operation => HandleRenewFailed(failed.Problem, now, jitter),
        TokenRenewalInput.TimerDue due when due.Operation == Operation => HandleTimer(now),
        TokenRenewalInput.OverdueCheckDue => ThenReadiness(Readiness.HandleOverdueCheckDue(InUse, now)),
        TokenRenewalInput.FileSeen seen when seen.Token != InUse?.Token && seen.Token != Candidate && seen.Token != Rejected => ThenCheck(seen.Token),
        TokenRenewalInput.ConfirmRequested => HandleConfirmRequested(),
        TokenRenewalInput.ConfirmationDue => HandleConfirmationDue(jitter),
        TokenRenewalInput.Confirmed confirmed when confirmed.Token == InUse?.Token => ThenAnswer(TokenState.Alive),
        TokenRenewalInput.NotConfirmed failed when failed.Token == InUse?.Token => HandleNotConfirmed(failed.Problem, now),
        // The token was replaced or lost meanwhile.
        TokenRenewalInput.Confirmed or TokenRenewalInput.NotConfirmed => ThenAnswer(TokenState.Unknown),
        _ => Do(),
    };

    private Transition HandleLoggedIn(TokenRenewalInput.LoggedIn loggedIn, DateTimeOffset now, double jitter)
    {
        var auth = loggedIn.Auth;
        if (TokenRules.Violations(auth) is { Count: > 0 } problems) return HandleRefused(problems, now, jitter);
        var token = new TokenInUse(new VaultTokenValue(auth.ClientToken), auth.LeaseDuration, auth.LeaseDuration, loggedIn.Asked + auth.LeaseDuration, auth.Renewable);
        return ThenUse(token, $"Logged in to Vault; the token lives for {auth.LeaseDuration}", now, jitter);
    }

    private Transition HandleChecked(TokenRenewalInput.Checked answer, DateTimeOffset now, double jitter)
    {
        var problems = TokenRules.Violations(answer);
        if (problems.Count > 0) return (this with { Rejected = Candidate }).HandleRefused(problems, now, jitter);
        var ttl = answer.Lookup.Ttl;
        var token = new TokenInUse(Candidate!, answer.Lookup.CreationTtl, ttl, answer.Asked + ttl, answer.Lookup.Renewable);
        return ThenUse(token, $"The Vault token is good; {ttl} left, renewed at half of it", now, jitter);
    }

    /// <summary>A token that breaks the rules: at the start the end, later only not taken.</summary>
    private Transition HandleRefused(IReadOnlyList<string> problems, DateTimeOffset now, double jitter)
    {
        if (!WasInUse) return Do(new TokenRenewalEffect.Refuse(problems));
        var text = string.Join("; ", problems);
        return Do(new TokenRenewalEffect.Log(false, $"A new Vault token is not taken: {text}")).Then(r => r.ThenContinueWithCurrent(text, Backoff.Slow, null, now, jitter));
    }

    private Transition HandleObtainFailed(TokenProblem problem, DateTimeOffset now, double jitter) =>
        Do(new TokenRenewalEffect.Log(false, $"No Vault token could be obtained: {problem.Message}"))
            .Then(r => r.ThenContinueWithCurrent(problem.Message, BackoffFor(problem), problem.RetryAfter, now, jitter));

    private Transition HandleCheckFailed(TokenProblem problem, DateTimeOffset now, double jitter)
    {
        if (problem.Failure != VaultFailure.Permanent)
        {
            // The same token again, as soon as Vault answers.
            return Do(new TokenRenewalEffect.Log(false, $"The Vault token cannot be checked yet: {problem.Message}"))
                .Then(r => InUse is null ? r.ThenReadiness(r.Readiness.HandleNoToken(problem.Message)) : r.Do())
                .Then(r => r.ThenRetry(Next.Check, BackoffFor(problem), problem.RetryAfter, InUse?.Expires - now, jitter));
        }

        var text = $"{Subject} is not a token that Vault knows, or it may not look itself up ({problem.Message})";
        // A file may hold a token of an earlier run of the pod, which is about to be replaced.
        if (!WasInUse && Origin == TokenOrigin.Given) return Do(new TokenRenewalEffect.Refuse([text]));
        return (this with { Rejected = Origin == TokenOrigin.File ? Candidate : null })
            .Do(new TokenRenewalEffect.Log(false, text))
            .Then(r => r.ThenContinueWithCurrent(text, Backoff.Slow, null, now, jitter));
    }

    private Transition HandleRenewed(TokenRenewalInput.Renewed renewed, DateTimeOffset now, double jitter)
    {
        var token = InUse! with { Ttl = renewed.Lease, Expires = renewed.Asked + renewed.Lease, Renewable = renewed.Renewable };
        if (!token.NearsItsEnd || Origin == TokenOrigin.Login) return ThenUse(token, $"The Vault token is renewed for {renewed.Lease}", now, jitter);
        return ThenUse(token, $"The Vault token is renewed for {renewed.Lease} only: a max TTL is near, and then it dies", now, jitter, good: false);
    }

    private Transition HandleRenewFailed(TokenProblem problem, DateTimeOffset now, double jitter)
    {
        var failed = Do(new TokenRenewalEffect.Log(false, $"The Vault token could not be renewed: {problem.Message}")).Then(r => r.ThenReadiness(r.Readiness.HandleRenewFailed(InUse!, now)));
        if (Origin == TokenOrigin.Login && problem.Failure == VaultFailure.Permanent) return failed.Then(r => r.ThenObtain());
        if (InUse!.IsExpired(now)) return failed.Then(r => r.ThenLose($"it has expired: {problem.Message}"));
        // A token that was revoked gets 403 as well.
        if (problem.Denied) failed = failed.Then(r => r.Do(new TokenRenewalEffect.Confirm(InUse.Token)));
        // Vault may fail at the renewal alone, as when the role of the token is gone: another login may still work.
        var next = Origin == TokenOrigin.Login && Failures > 0 ? Next.Obtain : Next.Renew;
        return failed.Then(r => r.ThenRetry(next, BackoffFor(problem), problem.RetryAfter, InUse.Expires - now, jitter));
    }

    private Transition HandleTimer(DateTimeOffset now)
    {
        if (InUse?.IsExpired(now) == true) return ThenLose("it has expired");
        return AfterWait switch
        {
            Next.Check when Candidate is { } candidate => ThenCheck(candidate),
            Next.Renew when InUse is { } token => (this with { Operation = Operation + 1 }).Then(r => r.Do(new TokenRenewalEffect.Renew(r.Operation, token.Token))),
            _ => ThenObtain(),
        };
    }

    // Many pods of a role that is denied something ask at once: they share one look-up.
    private Transition HandleConfirmRequested()
    {
        if (InUse is not { } token) return ThenAnswer(TokenState.Lost);
        return IsConfirming ? Do() : (this with { IsConfirming = true }).Do(new TokenRenewalEffect.Confirm(token.Token));
    }

    private Transition HandleConfirmationDue(double jitter)
    {
        // A new token schedules its own confirmation.
        if (InUse is not { } token || LookUpIsDenied) return Do();
        var confirming = IsConfirming ? Do() : (this with { IsConfirming = true }).Do(new TokenRenewalEffect.Confirm(token.Token));
        // Controllers that were started together do not ask at one moment.
        return confirming.Then(r => r.Do(new TokenRenewalEffect.ScheduleConfirmation(ConfirmationInterval * (0.8 + (0.2 * jitter)))));
    }

    private Transition HandleNotConfirmed(TokenProblem problem, DateTimeOffset now)
    {
        if (!problem.Denied) return ThenAnswer(TokenState.Unknown);
        return Origin == TokenOrigin.Login && now - UsedSince < FreshLogin
            ? (this with { LookUpIsDenied = true }).ThenAnswer(TokenState.Alive)
            : ThenLose($"Vault does not know it any more, so it was revoked ({problem.Message})").Then(r => r.ThenAnswer(TokenState.Lost));
    }

    private Transition ThenUse(TokenInUse token, string text, DateTimeOffset now, double jitter, bool good = true)
    {
        // Vault took longer to answer than the token lived.
        if (token.IsExpired(now)) return (this with { WasInUse = true, InUse = token }).ThenLose("it had expired when Vault answered");
        var pause = AtLeastShortestWait(token.PauseBeforeRenewal(now, jitter));
        var same = token.Token == InUse?.Token;
        var used = this with
        {
            InUse = token,
            WasInUse = true,
            Candidate = null,
            Rejected = same ? Rejected : null,
            Failures = 0,
            RenewAt = now + pause,
            UsedSince = same ? UsedSince : now,
            LookUpIsDenied = same && LookUpIsDenied,
            Operation = Operation + 1,
            AfterWait = Origin == TokenOrigin.Login && token.NearsItsEnd ? Next.Obtain : Next.Renew,
        };
        return used
            .Do(new TokenRenewalEffect.Publish(token.Token, token.LifeFor(Origin)), new TokenRenewalEffect.Log(good, text), new TokenRenewalEffect.ScheduleTimer(used.Operation, pause))
            .Then(r => same ? r.Do() : r.ThenScheduleFirstConfirmation(jitter))
            .Then(r => r.ThenReadiness(r.Readiness.HandleUsed()));
    }

    // After a login at once: whether the token may look itself up is only known while it certainly was not revoked.
    private Transition ThenScheduleFirstConfirmation(double jitter) =>
        Do(new TokenRenewalEffect.ScheduleConfirmation(Origin == TokenOrigin.Login ? FreshLogin / 5 : ConfirmationInterval * (0.8 + (0.2 * jitter))));

    /// <summary>There is no new token: the one in use stays in use while it lives, and another is tried for.</summary>
    private Transition ThenContinueWithCurrent(string why, Backoff backoff, TimeSpan? retryAfter, DateTimeOffset now, double jitter)
    {
        var without = this with { Candidate = Origin == TokenOrigin.Given ? Candidate : null };
        if (InUse?.IsExpired(now) == true) return without.ThenLose(why);
        if (InUse is not null && Origin == TokenOrigin.File)
        {
            // A file without a good token changes nothing for the token in use, which is renewed when it is due.
            var renewing = without with { Operation = Operation + 1, AfterWait = Next.Renew };
            return renewing.Do(new TokenRenewalEffect.ScheduleTimer(renewing.Operation, AtLeastShortestWait(RenewAt - now)));
        }

        var noted = without.ThenReadiness(InUse is null ? Readiness.HandleNoToken(why) : Readiness.HandleRenewFailed(InUse, now));
        return noted.Then(r => r.ThenRetry(Origin == TokenOrigin.Given ? Next.Check : Next.Obtain, backoff, retryAfter, InUse?.Expires - now, jitter));
    }

    private Transition ThenLose(string why)
    {
        var lost = this with { InUse = null, Candidate = Origin == TokenOrigin.Given ? InUse?.Token : null };
        var withdrawn = lost.Do(new TokenRenewalEffect.Withdraw(), new TokenRenewalEffect.Log(false, $"The Vault token is lost: {why}"))
            .Then(r => r.ThenReadiness(r.Readiness.HandleLost(why)));
        return Origin == TokenOrigin.Given
            ? withdrawn.Then(r => r.ThenRetry(Next.Check, Backoff.Standard, null, null, 1))
            : withdrawn.Then(r => r.ThenObtain());
    }

    private Transition ThenObtain() => (this with { Operation = Operation + 1 }).Then(r => r.Do(new TokenRenewalEffect.Obtain(r.Operation)));

    private Transition ThenCheck(VaultTokenValue candidate) => (this with { Operation = Operation + 1, Candidate = candidate })
        .Then(r => r.Do(new TokenRenewalEffect.Check(r.Operation, candidate)));

    /// <summary>Backs off, but never past the middle of what is left.</summary>
    private Transition ThenRetry(Next next, Backoff backoff, TimeSpan? retryAfter, TimeSpan? left, double jitter)
    {
        var failed = this with { Failures = Failures + 1, Operation = Operation + 1, AfterWait = next };
        var delay = backoff.AfterAtLeast(failed.Failures, jitter, retryAfter);
        if (left is { } time && delay > time / 2) delay = AtLeastShortestWait(time / 2);
        return failed.Do(new TokenRenewalEffect.ScheduleTimer(failed.Operation, delay));
    }

    private Transition ThenReadiness(Transition<TokenReadiness, TokenRenewalEffect> readiness) => new(this with { Readiness = readiness.State }, readiness.Effects);

    private Transition ThenAnswer(TokenState state) => (this with { IsConfirming = false }).Do(new TokenRenewalEffect.Answer(state));

    /// <summary>A wait that is long enough not to become a busy loop, whatever the clocks say.</summary>
    internal static TimeSpan AtLeastShortestWait(TimeSpan delay) => delay > ShortestWait ? delay : ShortestWait;

    private string Subject => Origin == TokenOrigin.File ? "what vault.tokenFile holds" : "vault.token";

    private static Backoff BackoffFor(TokenProblem problem) => problem.Failure == VaultFailure.Permanent ? Backoff.Slow : Backoff.Standard;

    private Transition Then(Func<TokenRenewal, Transition> next) => next(this);

    private Transition Do(params ImmutableList<TokenRenewalEffect> effects) => new(this, effects);
}
