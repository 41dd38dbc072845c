using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Vault.Renewal;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.DependencyInjection;

namespace AkkaVault.Controller.Certificates;

/// <summary>Adds certificates and CA bundles that are renewed to the host's services.</summary>
internal static class CertificateServices
{
    /// <summary>Adds a certificate.</summary>
    /// <param name="services">Where.</param>
    /// <param name="name">What it is, for messages.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="names">Whom it is for, when Vault issues it.</param>
    /// <param name="certificate">Where it is used.</param>
    public static void AddRenewedCertificate(this IServiceCollection services, string name, CertificateSource source, Func<CertificateNames> names, ServerCertificate certificate) =>
        services.AddSingleton<IRenewable>(provider => source switch
        {
            CertificateSource.Files files => new CertificateFiles(name, files, certificate, provider.GetRequiredService<TimeProvider>()),
            CertificateSource.Pki pki => new PkiCertificate(
                name, pki, names(), provider.GetRequiredService<VaultClient>(), provider.GetRequiredService<ControllerToken>(), certificate,
                provider.GetRequiredService<ICertificateObserver>(), provider.GetRequiredService<TimeProvider>()),
            _ => throw new ArgumentOutOfRangeException(nameof(source), source.GetType().Name, "not a source"),
        });

    /// <summary>Adds a CA bundle.</summary>
    /// <param name="services">Where.</param>
    /// <param name="name">What it is, for messages.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="bundle">Where it is used.</param>
    public static void AddRenewedCas(this IServiceCollection services, string name, CaSource source, CaBundle bundle) =>
        services.AddSingleton<IRenewable>(provider => source switch
        {
            CaSource.File file => new CaFile(name, file.Path, bundle, provider.GetRequiredService<TimeProvider>()),
            CaSource.Backends backends => new PkiCaBundle(
                name, backends.Mounts, provider.GetRequiredService<VaultClient>(), bundle, provider.GetRequiredService<TimeProvider>()),
            _ => throw new ArgumentOutOfRangeException(nameof(source), source.GetType().Name, "not a source"),
        });
}
