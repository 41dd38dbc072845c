using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Vault.Renewal;

/// <summary>Where the controller's token comes from.</summary>
internal enum TokenOrigin
{
    /// <summary>The configuration, which holds no other.</summary>
    Given,

    /// <summary>A file that another program writes: it may hold another token later.</summary>
    File,

    /// <summary>A login, which can be repeated at any time.</summary>
    Login,
}

/// <summary>Why a request about the token failed.</summary>
/// <param name="Failure">What kind of failure it is.</param>
/// <param name="Denied">Whether Vault answered 403: it does not know the token, or a policy forbids the call.</param>
/// <param name="Message">For people. No secret is in it.</param>
/// <param name="RetryAfter">How long Vault asked to wait.</param>
internal sealed record TokenProblem(VaultFailure Failure, bool Denied, string Message, TimeSpan? RetryAfter = null);

/// <summary>What Vault says of the token's role.</summary>
/// <param name="Role">The role; null when it could not be read.</param>
/// <param name="Problem">Why it could not, in a sentence that says how to correct it.</param>
internal sealed record TokenRoleAnswer(TokenRole? Role, string? Problem);

/// <summary>What can happen to <see cref="TokenRenewal"/>. Results carry the number of the operation they belong to.</summary>
internal abstract record TokenRenewalInput
{
    private TokenRenewalInput()
    {
    }

    /// <summary>The actor has started.</summary>
    public sealed record Started : TokenRenewalInput;

    /// <summary>A token was taken from the configuration or a file.</summary>
    public sealed record Obtained(int Operation, VaultTokenValue Token) : TokenRenewalInput;

    /// <summary>A login succeeded.</summary>
    /// <param name="Operation">The operation.</param>
    /// <param name="Asked">When it was asked for: its life counts from then.</param>
    /// <param name="Auth">The token, and its life.</param>
    public sealed record LoggedIn(int Operation, DateTimeOffset Asked, VaultAuth Auth) : TokenRenewalInput;

    /// <summary>No token could be obtained.</summary>
    public sealed record ObtainFailed(int Operation, TokenProblem Problem) : TokenRenewalInput;

    /// <summary>Vault has looked the token up.</summary>
    /// <param name="Operation">The operation.</param>
    /// <param name="Asked">When it was asked: the TTL counts from then.</param>
    /// <param name="Lookup">The token.</param>
    /// <param name="Role">Its role; null when the role is not to be checked.</param>
    public sealed record Checked(int Operation, DateTimeOffset Asked, TokenLookup Lookup, TokenRoleAnswer? Role) : TokenRenewalInput;

    /// <summary>The token could not be looked up.</summary>
    public sealed record CheckFailed(int Operation, TokenProblem Problem) : TokenRenewalInput;

    /// <summary>The token was renewed.</summary>
    /// <param name="Operation">The operation.</param>
    /// <param name="Asked">When it was asked for: the lease counts from then.</param>
    /// <param name="Lease">The token's life from then on.</param>
    /// <param name="Renewable">Whether it can be renewed again.</param>
    public sealed record Renewed(int Operation, DateTimeOffset Asked, TimeSpan Lease, bool Renewable) : TokenRenewalInput;

    /// <summary>The token was not renewed.</summary>
    public sealed record RenewFailed(int Operation, TokenProblem Problem) : TokenRenewalInput;

    /// <summary>The timer of <see cref="TokenRenewalEffect.ScheduleTimer"/> has fired.</summary>
    public sealed record TimerDue(int Operation) : TokenRenewalInput;

    /// <summary>The timer of <see cref="TokenRenewalEffect.ScheduleOverdueCheck"/> has fired: renewals that still fail have failed for half of the TTL.</summary>
    public sealed record OverdueCheckDue : TokenRenewalInput;

    /// <summary>The timer of <see cref="TokenRenewalEffect.ScheduleConfirmation"/> has fired: is the token still alive?</summary>
    public sealed record ConfirmationDue : TokenRenewalInput;

    /// <summary>The token file holds this now.</summary>
    public sealed record FileSeen(VaultTokenValue Token) : TokenRenewalInput;

    /// <summary>A call was denied that should not have been: is the token still alive?</summary>
    public sealed record ConfirmRequested : TokenRenewalInput;

    /// <summary>The token is alive.</summary>
    public sealed record Confirmed(VaultTokenValue Token) : TokenRenewalInput;

    /// <summary>The token is not alive, or Vault did not say.</summary>
    public sealed record NotConfirmed(VaultTokenValue Token, TokenProblem Problem) : TokenRenewalInput;
}
