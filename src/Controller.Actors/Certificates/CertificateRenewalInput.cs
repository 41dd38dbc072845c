namespace AkkaVault.Controller.Certificates;

/// <summary>What can happen to <see cref="CertificateRenewal"/>. Results carry the number of the operation they belong to.</summary>
internal abstract record CertificateRenewalInput
{
    private CertificateRenewalInput()
    {
    }

    /// <summary>The actor has started.</summary>
    public sealed record Started : CertificateRenewalInput;

    /// <summary>The certificate was loaded.</summary>
    /// <param name="Operation">The operation.</param>
    /// <param name="Changed">Whether it differs from the one in use before.</param>
    /// <param name="Description">The certificate, for people.</param>
    /// <param name="NextLoad">When to load it again.</param>
    public sealed record Loaded(int Operation, bool Changed, string Description, DateTimeOffset NextLoad) : CertificateRenewalInput;

    /// <summary>The certificate could not be loaded.</summary>
    /// <param name="Operation">The operation.</param>
    /// <param name="Problem">Why, for people.</param>
    /// <param name="RetryAfter">How long to wait at least: Vault asked for it, or each attempt costs something there.</param>
    public sealed record Failed(int Operation, string Problem, TimeSpan? RetryAfter = null) : CertificateRenewalInput;

    /// <summary>The timer of <see cref="CertificateRenewalEffect.ScheduleLoad"/> has fired.</summary>
    public sealed record LoadDue(int Operation) : CertificateRenewalInput;
}
