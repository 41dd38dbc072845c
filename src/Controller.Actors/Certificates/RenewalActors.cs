using Akka.Actor;
using AkkaVault.Controller.Vault.Renewal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Certificates;

/// <summary>The actors that renew the Vault token, certificates and CA bundles.</summary>
internal static class RenewalActors
{
    /// <summary>Starts all of them.</summary>
    public static void Start(IActorRefFactory actors, IServiceProvider provider)
    {
        actors.ActorOf(TokenRenewalActor.Props(provider.GetRequiredService<TokenRenewalServices>()), "token-keeper");
        var log = provider.GetRequiredService<ILogger<CertificateRenewalActor>>();
        foreach (var renewable in provider.GetServices<IRenewable>()) actors.ActorOf(CertificateRenewalActor.Props(renewable, provider.GetRequiredService<TimeProvider>(), log));
    }
}
