using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Vault.Renewal;

/// <summary>Where the controller's token comes from, as far as it makes a difference to keeping it.</summary>
public enum TokenOrigin
{
    /// <summary>The configuration: there is no other.</summary>
    Given,

    /// <summary>A file that somebody else writes: a lost token may be followed by another.</summary>
    File,

    /// <summary>A login: another can be had at any time.</summary>
    Login,
}

/// <summary>Why something about the token did not work.</summary>
/// <param name="Failure">What kind of failure it is.</param>
/// <param name="Denied">Whether Vault answered 403: it does not know the token, or a policy forbids the call.</param>
/// <param name="Message">For people. No secret is in it.</param>
/// <param name="RetryAfter">How long Vault asked to wait.</param>
public sealed record TokenProblem(VaultFailure Failure, bool Denied, string Message, TimeSpan? RetryAfter = null);

/// <summary>What Vault says of the token's role.</summary>
/// <param name="Role">The role; null when it could not be read.</param>
/// <param name="Problem">Why it could not, in a sentence that says how to mend it.</param>
public sealed record TokenRoleAnswer(TokenRole? Role, string? Problem);

/// <summary>What can happen to the keeping of a token. Results carry the number of the operation they belong to.</summary>
public abstract record TokenRenewalInput
{
    private TokenRenewalInput()
    {
    }

    /// <summary>The keeper begins.</summary>
    public sealed record Started : TokenRenewalInput;

    /// <summary>A token was taken from the configuration or a file.</summary>
    public sealed record Obtained(int Operation, VaultTokenValue Token) : TokenRenewalInput;

    /// <summary>A login succeeded.</summary>
    /// <param name="Operation">The operation.</param>
    /// <param name="Asked">When it was asked for: its life counts from then.</param>
    /// <param name="Auth">What came of it.</param>
    public sealed record LoggedIn(int Operation, DateTimeOffset Asked, VaultAuth Auth) : TokenRenewalInput;

    /// <summary>No token could be had.</summary>
    public sealed record ObtainFailed(int Operation, TokenProblem Trouble) : TokenRenewalInput;

    /// <summary>Vault says what a token is.</summary>
    /// <param name="Operation">The operation.</param>
    /// <param name="Asked">When it was asked: the TTL counts from then.</param>
    /// <param name="Lookup">The token.</param>
    /// <param name="Role">Its role; null when the role is not to be checked.</param>
    public sealed record Checked(int Operation, DateTimeOffset Asked, TokenLookup Lookup, TokenRoleAnswer? Role) : TokenRenewalInput;

    /// <summary>It does not.</summary>
    public sealed record CheckFailed(int Operation, TokenProblem Trouble) : TokenRenewalInput;

    /// <summary>The token was renewed.</summary>
    /// <param name="Operation">The operation.</param>
    /// <param name="Asked">When it was asked for: the lease counts from then.</param>
    /// <param name="Lease">The token's life from then on.</param>
    /// <param name="Renewable">Whether it can be renewed again.</param>
    public sealed record Renewed(int Operation, DateTimeOffset Asked, TimeSpan Lease, bool Renewable) : TokenRenewalInput;

    /// <summary>It was not.</summary>
    public sealed record RenewFailed(int Operation, TokenProblem Trouble) : TokenRenewalInput;

    /// <summary>A wait is over.</summary>
    public sealed record TimerDue(int Operation) : TokenRenewalInput;

    /// <summary>Renewals have failed for half of the TTL, if they still do.</summary>
    public sealed record Overdue : TokenRenewalInput;

    /// <summary>The token file holds this now.</summary>
    public sealed record FileSeen(VaultTokenValue Token) : TokenRenewalInput;

    /// <summary>A call was denied that should not have been: is the token still alive?</summary>
    public sealed record ConfirmRequested : TokenRenewalInput;

    /// <summary>It is.</summary>
    public sealed record Confirmed(VaultTokenValue Token) : TokenRenewalInput;

    /// <summary>It is not, or that could not be found out.</summary>
    public sealed record NotConfirmed(VaultTokenValue Token, TokenProblem Trouble) : TokenRenewalInput;
}

/// <summary>What came of a doubt.</summary>
public enum TokenState
{
    /// <summary>The token is alive: what was denied is denied to it.</summary>
    Alive,

    /// <summary>The token is gone.</summary>
    Lost,

    /// <summary>Vault did not say.</summary>
    Unknown,
}

/// <summary>What the keeping of a token wants done.</summary>
public abstract record TokenRenewalEffect
{
    private TokenRenewalEffect()
    {
    }

    /// <summary>Take the token from where it comes from; answer with <see cref="TokenRenewalInput.Obtained"/>, <see cref="TokenRenewalInput.LoggedIn"/> or <see cref="TokenRenewalInput.ObtainFailed"/>.</summary>
    public sealed record Obtain(int Operation) : TokenRenewalEffect;

    /// <summary>Look a token up, and its role; answer with <see cref="TokenRenewalInput.Checked"/> or <see cref="TokenRenewalInput.CheckFailed"/>.</summary>
    public sealed record Check(int Operation, VaultTokenValue Token) : TokenRenewalEffect;

    /// <summary>Renew it; answer with <see cref="TokenRenewalInput.Renewed"/> or <see cref="TokenRenewalInput.RenewFailed"/>.</summary>
    public sealed record Renew(int Operation, VaultTokenValue Token) : TokenRenewalEffect;

    /// <summary>Look it up; answer with <see cref="TokenRenewalInput.Confirmed"/> or <see cref="TokenRenewalInput.NotConfirmed"/>.</summary>
    public sealed record Confirm(VaultTokenValue Token) : TokenRenewalEffect;

    /// <summary>Wait; answer with <see cref="TokenRenewalInput.TimerDue"/>. Replaces an earlier wait.</summary>
    public sealed record ScheduleTimer(int Operation, TimeSpan Delay) : TokenRenewalEffect;

    /// <summary>Wait; answer with <see cref="TokenRenewalInput.Overdue"/>.</summary>
    public sealed record ScheduleOverdueCheck(TimeSpan Delay) : TokenRenewalEffect;

    /// <summary>From now on this token is used.</summary>
    public sealed record Publish(VaultTokenValue Token, TokenLife Life) : TokenRenewalEffect;

    /// <summary>There is no token to use.</summary>
    public sealed record Withdraw : TokenRenewalEffect;

    /// <summary>Readiness: why the token is not as it should be; empty when it is.</summary>
    public sealed record SetProblem(string Problem) : TokenRenewalEffect;

    /// <summary>All who asked whether the token is alive get this answer.</summary>
    public sealed record Answer(TokenState Verdict) : TokenRenewalEffect;

    /// <summary>A line in the log.</summary>
    /// <param name="Good">Whether it is good news.</param>
    /// <param name="Text">The line. No secret is in it.</param>
    public sealed record Log(bool Good, string Text) : TokenRenewalEffect;

    /// <summary>The token breaks the rules: the program is to end.</summary>
    public sealed record Refuse(IReadOnlyList<string> Problems) : TokenRenewalEffect;
}
