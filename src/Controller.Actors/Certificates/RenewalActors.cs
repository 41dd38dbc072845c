using Akka.Actor;
using AkkaVault.Controller.Vault.Renewal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Certificates;

/// <summary>The actors that keep the Vault token, certificates and CA bundles.</summary>
public static class RenewalActors
{
    /// <summary>Starts all of them.</summary>
    public static void Start(IActorRefFactory actors, IServiceProvider provider)
    {
        actors.ActorOf(TokenRenewalActor.Props(provider.GetRequiredService<TokenRenewalServices>()), "token-keeper");
        var log = provider.GetRequiredService<ILogger<CertificateRenewalActor>>();
        foreach (var kept in provider.GetServices<IRenewable>()) actors.ActorOf(CertificateRenewalActor.Props(kept, provider.GetRequiredService<TimeProvider>(), log));
    }
}
