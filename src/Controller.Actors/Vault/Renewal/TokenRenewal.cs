using System.Collections.Immutable;
using AkkaVault.Controller.Common;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Vault.Renewal;

/// <summary>The token in use.</summary>
/// <param name="Token">The token.</param>
/// <param name="First">The life it was given first.</param>
/// <param name="Ttl">The life it was given last.</param>
/// <param name="Expires">When it is dead unless renewed, by this node's clock.</param>
/// <param name="Renewable">Whether it can be renewed.</param>
public sealed record TokenInUse(VaultTokenValue Token, TimeSpan First, TimeSpan Ttl, DateTimeOffset Expires, bool Renewable)
{
    /// <summary>Whether renewals have come to their end: near a max TTL each gives less than the one before.</summary>
    public bool NearsItsEnd => !Renewable || Ttl < First / 2;
}

/// <summary>What an input leads to.</summary>
/// <param name="Keeping">The keeping from now on.</param>
/// <param name="Effects">What is to be done, in order.</param>
public sealed record TokenRenewalStep(TokenRenewal Keeping, ImmutableList<TokenRenewalEffect> Effects);

/// <summary>
/// How the controller's own token is kept alive, as a pure state machine: had, checked against the rules, renewed at half of its
/// life with backoff inside what is left, replaced by another where another can be had, reported where it cannot.
/// </summary>
public sealed record TokenRenewal
{
    /// <summary>What is done when the wait is over.</summary>
    private enum Next
    {
        Obtain,
        Check,
        Renew,
    }

    /// <summary>So shortly after a login, what denies the token cannot be its revocation: its policies may just not let it look itself up.</summary>
    public static readonly TimeSpan FreshLogin = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);

    /// <summary>A keeping that starts.</summary>
    /// <param name="origin">Where tokens come from.</param>
    /// <param name="begun">Whether this process has used a token before.</param>
    public TokenRenewal(TokenOrigin origin, bool begun = false) => (Origin, WasInUse) = (origin, begun);

    /// <summary>Where tokens come from.</summary>
    public TokenOrigin Origin { get; }

    /// <summary>The token in use; null: there is none.</summary>
    public TokenInUse? InUse { get; private init; }

    /// <summary>Number of the operation under way; answers to older ones are late.</summary>
    public int Operation { get; private init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; private init; }

    /// <summary>Since when renewals have failed.</summary>
    public DateTimeOffset? FailingSince { get; private init; }

    /// <summary>Whether a token was ever in use: before that, one that breaks the rules ends the program.</summary>
    public bool WasInUse { get; private init; }

    /// <summary>Why readiness is false; empty: it is not.</summary>
    public string Problem { get; private init; } = "the Vault token has not been checked yet";

    private Next AfterWait { get; init; }

    /// <summary>When the token in use is to be renewed.</summary>
    private DateTimeOffset RenewAt { get; init; }

    /// <summary>Since when it is in use.</summary>
    private DateTimeOffset UsedSince { get; init; }

    /// <summary>What is being checked.</summary>
    private VaultTokenValue? Candidate { get; init; }

    /// <summary>What was not taken: a file is not checked again before it changes.</summary>
    private VaultTokenValue? Rejected { get; init; }

    /// <summary>Whether somebody waits to hear if the token is alive.</summary>
    public bool IsConfirming { get; private init; }

    /// <summary>The transition function.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">This node's clock.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public TokenRenewalStep Handle(TokenRenewalInput input, DateTimeOffset now, double jitter) => input switch
    {
        TokenRenewalInput.Started => ThenObtain(),
        TokenRenewalInput.Obtained obtained when obtained.Operation == Operation => ThenCheck(obtained.Token),
        TokenRenewalInput.LoggedIn loggedIn when loggedIn.Operation == Operation => HandleLoggedIn(loggedIn, now, jitter),
        TokenRenewalInput.ObtainFailed failed when failed.Operation == Operation => HandleObtainFailed(failed.Trouble, now, jitter),
        TokenRenewalInput.Checked answer when answer.Operation == Operation => HandleChecked(answer, now, jitter),
        TokenRenewalInput.CheckFailed failed when failed.Operation == Operation => HandleCheckFailed(failed.Trouble, now, jitter),
        TokenRenewalInput.Renewed renewed when renewed.Operation == Operation => HandleRenewed(renewed, now, jitter),
        TokenRenewalInput.RenewFailed failed when failed.Operation == Operation => HandleRenewFailed(failed.Trouble, now, jitter),
        TokenRenewalInput.TimerDue over when over.Operation == Operation => HandleTimer(now),
        TokenRenewalInput.Overdue => HandleOverdue(now),
        TokenRenewalInput.FileSeen seen when seen.Token != InUse?.Token && seen.Token != Candidate && seen.Token != Rejected => ThenCheck(seen.Token),
        TokenRenewalInput.ConfirmRequested => HandleConfirmRequested(),
        TokenRenewalInput.Confirmed confirmed when confirmed.Token == InUse?.Token => ThenAnswer(TokenState.Alive),
        TokenRenewalInput.NotConfirmed failed when failed.Token == InUse?.Token => HandleNotConfirmed(failed.Trouble, now),
        // It was replaced or lost meanwhile.
        TokenRenewalInput.Confirmed or TokenRenewalInput.NotConfirmed => ThenAnswer(TokenState.Unknown),
        _ => Do(),
    };

    private TokenRenewalStep HandleLoggedIn(TokenRenewalInput.LoggedIn loggedIn, DateTimeOffset now, double jitter)
    {
        var auth = loggedIn.Auth;
        if (TokenRules.Violations(auth) is { Count: > 0 } problems) return HandleRefused(problems, now, jitter);
        var token = new TokenInUse(new VaultTokenValue(auth.ClientToken), auth.LeaseDuration, auth.LeaseDuration, loggedIn.Asked + auth.LeaseDuration, auth.Renewable);
        return ThenUse(token, $"Logged in to Vault; the token lives for {auth.LeaseDuration}", now, jitter);
    }

    private TokenRenewalStep HandleChecked(TokenRenewalInput.Checked answer, DateTimeOffset now, double jitter)
    {
        var problems = TokenRules.Violations(answer);
        if (problems.Count > 0) return (this with { Rejected = Candidate }).HandleRefused(problems, now, jitter);
        var ttl = answer.Lookup.Ttl;
        var token = new TokenInUse(Candidate!, answer.Lookup.CreationTtl, ttl, answer.Asked + ttl, answer.Lookup.Renewable);
        return ThenUse(token, $"The Vault token is good; {ttl} left, renewed at half of it", now, jitter);
    }

    /// <summary>A token that breaks the rules: at the start the end, later only not taken.</summary>
    private TokenRenewalStep HandleRefused(IReadOnlyList<string> problems, DateTimeOffset now, double jitter)
    {
        if (!WasInUse) return Do(new TokenRenewalEffect.Refuse(problems));
        var text = string.Join("; ", problems);
        return Do(new TokenRenewalEffect.Log(false, $"A new Vault token is not taken: {text}")).Then(k => k.ThenKeepCurrent(text, Backoff.Slow, null, now, jitter));
    }

    private TokenRenewalStep HandleObtainFailed(TokenProblem trouble, DateTimeOffset now, double jitter) =>
        Do(new TokenRenewalEffect.Log(false, $"No Vault token could be had: {trouble.Message}"))
            .Then(k => k.ThenKeepCurrent(trouble.Message, BackoffFor(trouble), trouble.RetryAfter, now, jitter));

    private TokenRenewalStep HandleCheckFailed(TokenProblem trouble, DateTimeOffset now, double jitter)
    {
        if (trouble.Failure != VaultFailure.Permanent)
        {
            // The same token again, as soon as Vault answers.
            return Do(new TokenRenewalEffect.Log(false, $"The Vault token cannot be checked yet: {trouble.Message}"))
                .Then(k => InUse is null ? k.ThenSetProblem(trouble.Message) : k.Do())
                .Then(k => k.ThenRetry(Next.Check, BackoffFor(trouble), trouble.RetryAfter, InUse?.Expires - now, jitter));
        }

        var text = $"{Subject} is not a token that Vault knows, or it may not look itself up ({trouble.Message})";
        // What a file holds may be left over from a time before: somebody is about to write another.
        if (!WasInUse && Origin == TokenOrigin.Given) return Do(new TokenRenewalEffect.Refuse([text]));
        return (this with { Rejected = Origin == TokenOrigin.File ? Candidate : null })
            .Do(new TokenRenewalEffect.Log(false, text))
            .Then(k => k.ThenKeepCurrent(text, Backoff.Slow, null, now, jitter));
    }

    private TokenRenewalStep HandleRenewed(TokenRenewalInput.Renewed renewed, DateTimeOffset now, double jitter)
    {
        var token = InUse! with { Ttl = renewed.Lease, Expires = renewed.Asked + renewed.Lease, Renewable = renewed.Renewable };
        if (!token.NearsItsEnd || Origin == TokenOrigin.Login) return ThenUse(token, $"The Vault token is renewed for {renewed.Lease}", now, jitter);
        return ThenUse(token, $"The Vault token is renewed for {renewed.Lease} only: a max TTL is near, and then it dies", now, jitter, good: false);
    }

    private TokenRenewalStep HandleRenewFailed(TokenProblem trouble, DateTimeOffset now, double jitter)
    {
        var said = Do(new TokenRenewalEffect.Log(false, $"The Vault token could not be renewed: {trouble.Message}")).Then(k => k.ThenRecordFailing(now));
        if (Origin == TokenOrigin.Login && trouble.Failure == VaultFailure.Permanent) return said.Then(k => k.ThenObtain());
        if (now >= InUse!.Expires) return said.Then(k => k.ThenLose($"it has expired: {trouble.Message}"));
        // 403 is also what a token gets that was revoked.
        if (trouble.Denied) said = said.Then(k => k.Do(new TokenRenewalEffect.Confirm(InUse.Token)));
        // Vault may fail at the renewal alone, as when the role that the token came of is gone: another login may still work.
        var next = Origin == TokenOrigin.Login && Failures > 0 ? Next.Obtain : Next.Renew;
        return said.Then(k => k.ThenRetry(next, BackoffFor(trouble), trouble.RetryAfter, InUse.Expires - now, jitter));
    }

    private TokenRenewalStep HandleTimer(DateTimeOffset now)
    {
        if (InUse is { } inUse && now >= inUse.Expires) return ThenLose("it has expired");
        return AfterWait switch
        {
            Next.Check when Candidate is { } candidate => ThenCheck(candidate),
            Next.Renew when InUse is { } token => (this with { Operation = Operation + 1 }).Then(k => k.Do(new TokenRenewalEffect.Renew(k.Operation, token.Token))),
            _ => ThenObtain(),
        };
    }

    private TokenRenewalStep HandleOverdue(DateTimeOffset now)
    {
        if (FailingSince is not { } since || InUse is not { } token) return Do();
        var left = since + (token.Ttl / 2) - now;
        // The timer may be early by a hair, as clocks go.
        return left > TimeSpan.Zero
            ? Do(new TokenRenewalEffect.ScheduleOverdueCheck(AtLeast(left)))
            : ThenSetProblem($"the Vault token could not be renewed since {since:u}; it dies at {token.Expires:u}");
    }

    // Many pods of one role that is denied doubt at once: they share one look-up.
    private TokenRenewalStep HandleConfirmRequested()
    {
        if (InUse is not { } token) return ThenAnswer(TokenState.Lost);
        return IsConfirming ? Do() : (this with { IsConfirming = true }).Do(new TokenRenewalEffect.Confirm(token.Token));
    }

    private TokenRenewalStep HandleNotConfirmed(TokenProblem trouble, DateTimeOffset now)
    {
        if (!trouble.Denied) return ThenAnswer(TokenState.Unknown);
        return Origin == TokenOrigin.Login && now - UsedSince < FreshLogin
            ? ThenAnswer(TokenState.Alive)
            : ThenLose($"Vault does not know it any more, so it was revoked ({trouble.Message})").Then(k => k.ThenAnswer(TokenState.Lost));
    }

    private TokenRenewalStep ThenUse(TokenInUse token, string text, DateTimeOffset now, double jitter, bool good = true)
    {
        // Vault took longer to answer than the token lives.
        if (token.Expires <= now) return (this with { WasInUse = true, InUse = token }).ThenLose("it had expired when Vault answered");
        // Between 40 and 50 percent, so that many controllers do not renew at one moment.
        var pause = AtLeast((token.Expires - now) * (0.4 + (0.1 * jitter)));
        var same = token.Token == InUse?.Token;
        var used = this with
        {
            InUse = token,
            WasInUse = true,
            Candidate = null,
            Rejected = same ? Rejected : null,
            Failures = 0,
            FailingSince = null,
            RenewAt = now + pause,
            UsedSince = same ? UsedSince : now,
            Operation = Operation + 1,
            AfterWait = Origin == TokenOrigin.Login && token.NearsItsEnd ? Next.Obtain : Next.Renew,
        };
        return used
            .Do(new TokenRenewalEffect.Publish(token.Token, LifeOf(token)), new TokenRenewalEffect.Log(good, text), new TokenRenewalEffect.ScheduleTimer(used.Operation, pause))
            .Then(k => k.ThenSetProblem(""));
    }

    /// <summary>No new token: the one in use is kept while it lives, and another is looked for.</summary>
    private TokenRenewalStep ThenKeepCurrent(string why, Backoff backoff, TimeSpan? retryAfter, DateTimeOffset now, double jitter)
    {
        var without = this with { Candidate = Origin == TokenOrigin.Given ? Candidate : null };
        if (InUse is { } token && now >= token.Expires) return without.ThenLose(why);
        if (InUse is not null && Origin == TokenOrigin.File)
        {
            // A file that holds nothing good takes nothing from the token in use: that one is renewed when its time comes.
            var renewing = without with { Operation = Operation + 1, AfterWait = Next.Renew };
            return renewing.Do(new TokenRenewalEffect.ScheduleTimer(renewing.Operation, AtLeast(RenewAt - now)));
        }

        var step = InUse is null ? without.ThenSetProblem(why) : without.ThenRecordFailing(now);
        return step.Then(k => k.ThenRetry(Origin == TokenOrigin.Given ? Next.Check : Next.Obtain, backoff, retryAfter, InUse?.Expires - now, jitter));
    }

    private TokenRenewalStep ThenLose(string why)
    {
        var lost = this with { InUse = null, FailingSince = null, Candidate = Origin == TokenOrigin.Given ? InUse?.Token : null };
        var step = lost.Do(new TokenRenewalEffect.Withdraw(), new TokenRenewalEffect.Log(false, $"The Vault token is lost: {why}"))
            .Then(k => k.ThenSetProblem($"the Vault token is lost: {why}"));
        return Origin == TokenOrigin.Given
            ? step.Then(k => k.ThenRetry(Next.Check, Backoff.Standard, null, null, 1))
            : step.Then(k => k.ThenObtain());
    }

    private TokenRenewalStep ThenObtain() => (this with { Operation = Operation + 1 }).Then(k => k.Do(new TokenRenewalEffect.Obtain(k.Operation)));

    private TokenRenewalStep ThenCheck(VaultTokenValue candidate) => (this with { Operation = Operation + 1, Candidate = candidate })
        .Then(k => k.Do(new TokenRenewalEffect.Check(k.Operation, candidate)));

    /// <summary>Backs off, but never past the middle of what is left.</summary>
    private TokenRenewalStep ThenRetry(Next next, Backoff backoff, TimeSpan? retryAfter, TimeSpan? left, double jitter)
    {
        var failed = this with { Failures = Failures + 1, Operation = Operation + 1, AfterWait = next };
        var delay = backoff.AfterAtLeast(failed.Failures, jitter, retryAfter);
        if (left is { } time && delay > time / 2) delay = AtLeast(time / 2);
        return failed.Do(new TokenRenewalEffect.ScheduleTimer(failed.Operation, delay));
    }

    private TokenRenewalStep ThenRecordFailing(DateTimeOffset now) => FailingSince is null
        ? (this with { FailingSince = now }).Do(new TokenRenewalEffect.ScheduleOverdueCheck(InUse!.Ttl / 2))
        : Do();

    private TokenRenewalStep ThenSetProblem(string problem) =>
        problem == Problem ? Do() : (this with { Problem = problem }).Do(new TokenRenewalEffect.SetProblem(problem));

    private TokenRenewalStep ThenAnswer(TokenState verdict) => (this with { IsConfirming = false }).Do(new TokenRenewalEffect.Answer(verdict));

    // No wait is shorter, whatever the clocks say.
    private static TimeSpan AtLeast(TimeSpan delay) => delay > ShortestWait ? delay : ShortestWait;

    private string Subject => Origin == TokenOrigin.File ? "what vault.tokenFile holds" : "vault.token";

    private static Backoff BackoffFor(TokenProblem trouble) => trouble.Failure == VaultFailure.Permanent ? Backoff.Slow : Backoff.Standard;

    private TokenRenewalStep Then(Func<TokenRenewal, TokenRenewalStep> next) => next(this);

    // Renewals that give ever less lead to the end of a token that was given, and after a login to another one.
    private TokenLife LifeOf(TokenInUse token) => new(Origin == TokenOrigin.Login ? token.Ttl : token.First, token.Expires);

    private TokenRenewalStep Do(params ImmutableList<TokenRenewalEffect> effects) => new(this, effects);
}

file static class TokenStepChain
{
    public static TokenRenewalStep Then(this TokenRenewalStep step, Func<TokenRenewal, TokenRenewalStep> next)
    {
        var after = next(step.Keeping);
        return after with { Effects = step.Effects.AddRange(after.Effects) };
    }
}
