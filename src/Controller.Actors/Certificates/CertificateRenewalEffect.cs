namespace AkkaVault.Controller.Certificates;

/// <summary>What <see cref="CertificateRenewal"/> asks its actor to do.</summary>
internal abstract record CertificateRenewalEffect
{
    private CertificateRenewalEffect()
    {
    }

    /// <summary>Load the certificate; answer with <see cref="CertificateRenewalInput.Loaded"/> or <see cref="CertificateRenewalInput.Failed"/>.</summary>
    public sealed record Load(int Operation) : CertificateRenewalEffect;

    /// <summary>Start a timer; answer with <see cref="CertificateRenewalInput.LoadDue"/>.</summary>
    public sealed record ScheduleLoad(int Operation, TimeSpan Delay) : CertificateRenewalEffect;

    /// <summary>Write a line to the log.</summary>
    public sealed record Log(bool Good, string Text) : CertificateRenewalEffect;
}
