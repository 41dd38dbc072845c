namespace AkkaVault.Controller.Vault.Renewal;

/// <summary>What <see cref="TokenRenewal"/> asks its actor to do.</summary>
internal abstract record TokenRenewalEffect
{
    private TokenRenewalEffect()
    {
    }

    /// <summary>Take the token from where it comes from; answer with <see cref="TokenRenewalInput.Obtained"/>, <see cref="TokenRenewalInput.LoggedIn"/> or <see cref="TokenRenewalInput.ObtainFailed"/>.</summary>
    public sealed record Obtain(int Operation) : TokenRenewalEffect;

    /// <summary>Look a token up, and its role; answer with <see cref="TokenRenewalInput.Checked"/> or <see cref="TokenRenewalInput.CheckFailed"/>.</summary>
    public sealed record Check(int Operation, VaultTokenValue Token) : TokenRenewalEffect;

    /// <summary>Renew the token; answer with <see cref="TokenRenewalInput.Renewed"/> or <see cref="TokenRenewalInput.RenewFailed"/>.</summary>
    public sealed record Renew(int Operation, VaultTokenValue Token) : TokenRenewalEffect;

    /// <summary>Look the token up; answer with <see cref="TokenRenewalInput.Confirmed"/> or <see cref="TokenRenewalInput.NotConfirmed"/>.</summary>
    public sealed record Confirm(VaultTokenValue Token) : TokenRenewalEffect;

    /// <summary>Start the timer; answer with <see cref="TokenRenewalInput.TimerDue"/>. Replaces an earlier timer.</summary>
    public sealed record ScheduleTimer(int Operation, TimeSpan Delay) : TokenRenewalEffect;

    /// <summary>Start a timer; answer with <see cref="TokenRenewalInput.OverdueCheckDue"/>.</summary>
    public sealed record ScheduleOverdueCheck(TimeSpan Delay) : TokenRenewalEffect;

    /// <summary>Start a timer; answer with <see cref="TokenRenewalInput.ConfirmationDue"/>. Replaces an earlier timer.</summary>
    public sealed record ScheduleConfirmation(TimeSpan Delay) : TokenRenewalEffect;

    /// <summary>Let all use this token.</summary>
    public sealed record Publish(VaultTokenValue Token, TokenLife Life) : TokenRenewalEffect;

    /// <summary>Let nobody use a token.</summary>
    public sealed record Withdraw : TokenRenewalEffect;

    /// <summary>Show this problem in readiness; empty: there is none.</summary>
    public sealed record SetProblem(string Problem) : TokenRenewalEffect;

    /// <summary>Answer all who asked whether the token is alive.</summary>
    public sealed record Answer(TokenState State) : TokenRenewalEffect;

    /// <summary>Write a line to the log.</summary>
    /// <param name="Good">Whether it is good news.</param>
    /// <param name="Text">The line. No secret is in it.</param>
    public sealed record Log(bool Good, string Text) : TokenRenewalEffect;

    /// <summary>End the program: the token breaks the rules.</summary>
    public sealed record Refuse(IReadOnlyList<string> Problems) : TokenRenewalEffect;
}
