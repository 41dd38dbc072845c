using Akka.Actor;
using AkkaVault.Controller.Vault;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AkkaVault.Controller.Certificates;

/// <summary>The actors that keep the Vault token, certificates and CA bundles.</summary>
public static class Keepers
{
    /// <summary>Starts all of them.</summary>
    public static void Start(IActorRefFactory actors, IServiceProvider provider)
    {
        actors.ActorOf(TokenKeeperActor.Props(provider.GetRequiredService<TokenKeeperServices>()), "token-keeper");
        var log = provider.GetRequiredService<ILogger<KeeperActor>>();
        foreach (var kept in provider.GetServices<IKept>()) actors.ActorOf(KeeperActor.Props(kept, provider.GetRequiredService<TimeProvider>(), log));
    }
}
