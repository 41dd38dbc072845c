using AkkaVault.Controller.Certificates;
using AkkaVault.Controller.Configuration;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Vault.Renewal;
using AkkaVault.Shared.Vault;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Vault;

/// <summary>Adds what talks to Vault to the host's services.</summary>
internal static class VaultServices
{
    /// <summary>Adds the client, the token, the gates and the issuer.</summary>
    public static IServiceCollection AddVault(this IServiceCollection services, VaultSettings settings)
    {
        var bundle = settings.Ca is null ? null : new CaBundle();
        var trust = new VaultTrust(bundle, TimeProvider.System);
        services.AddSingleton(settings);
        services.AddSingleton(trust);
        services.AddSingleton<ITrustReadiness>(trust);
        services.AddSingleton(_ => new VaultClient(VaultTransport.Create(settings.Address, trust), settings.AppRolePath, settings.Namespace));
        services.AddSingleton<ControllerToken>();
        services.AddSingleton<TokenSource>();
        services.AddSingleton<TokenRenewalServices>();
        services.AddSingleton(provider => new VaultGates(
            settings.MaxConcurrency, provider.GetRequiredService<IVaultObserver>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<VaultGate>>()));
        services.AddSingleton<ISecretIssuer, VaultSecretIssuer>();
        services.AddSingleton<ShutdownRevoker>();
        services.AddSingleton<IShutdownRevoker>(provider => provider.GetRequiredService<ShutdownRevoker>());
        // Registered before the actor system, so that it stops after it.
        services.AddHostedService(provider => provider.GetRequiredService<ShutdownRevoker>());
        switch (settings.Ca)
        {
            case CaSource.File file:
                services.AddSingleton<IRenewable>(provider => new CaFile("The CA bundle for Vault", file.Path, bundle!, provider.GetRequiredService<TimeProvider>()));
                break;
            case CaSource.Backends backends:
                services.AddSingleton<IRenewable>(provider => new VaultCaBundle(
                    backends.Mounts, provider.GetRequiredService<VaultClient>(), () => VaultTransport.Create(settings.Address, new VaultCaBundle.AnyTrust()), trust, bundle!,
                    provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<VaultCaBundle>>()));
                break;
        }

        return services;
    }
}
