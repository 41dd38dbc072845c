namespace AkkaVault.Controller.Certificates;

/// <summary>A certificate or a CA bundle that <see cref="CertificateRenewalActor"/> renews.</summary>
internal interface IRenewable
{
    /// <summary>Its name in messages.</summary>
    string Name { get; }

    /// <summary>Loads it, and puts it where it is used. Throws only when it is cancelled.</summary>
    /// <param name="operation">Goes into the answer.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns><see cref="CertificateRenewalInput.Loaded"/> or <see cref="CertificateRenewalInput.Failed"/>.</returns>
    Task<CertificateRenewalInput> LoadAsync(int operation, CancellationToken cancellation);
}
