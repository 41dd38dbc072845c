using Akka.Actor;
using Akka.Actor.Setup;

namespace AkkaVault.Controller.Persistence;

/// <summary>What <see cref="KubernetesLedger"/> is made from; given to the actor system when it starts.</summary>
/// <param name="persistenceId">The one persistent actor whose ledger it is.</param>
/// <param name="services">What the keeper works with.</param>
public sealed class KubernetesLedgerSetup(string persistenceId, LedgerKeeperServices services) : Setup
{
    /// <summary>The one persistent actor whose ledger it is.</summary>
    public string PersistenceId { get; } = persistenceId;

    /// <summary>What the keeper works with.</summary>
    public LedgerKeeperServices Services { get; } = services;
}

/// <summary>The one keeper of an actor system, for its journal and its snapshot store.</summary>
public sealed class KubernetesLedger : IExtension
{
    private KubernetesLedger(ExtendedActorSystem system, KubernetesLedgerSetup setup)
    {
        (PersistenceId, Clock) = (setup.PersistenceId, setup.Services.Clock);
        Keeper = new LedgerKeeper(setup.Services, system.EventStream.Publish);
        system.RegisterOnTermination(Keeper.Dispose);
    }

    /// <summary>The one persistent actor whose ledger it is.</summary>
    public string PersistenceId { get; }

    /// <summary>This node's clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The keeper.</summary>
    public LedgerKeeper Keeper { get; }

    /// <summary>An actor system's.</summary>
    /// <exception cref="InvalidOperationException">It was started without a <see cref="KubernetesLedgerSetup"/>.</exception>
    public static KubernetesLedger Of(ActorSystem system) => system.WithExtension<KubernetesLedger, Provider>();

    private sealed class Provider : ExtensionIdProvider<KubernetesLedger>
    {
        public override KubernetesLedger CreateExtension(ExtendedActorSystem system) => new(
            system, system.Settings.Setup.Get<KubernetesLedgerSetup>() is { HasValue: true } setup
                ? setup.Value
                : throw new InvalidOperationException($"{system.Name} was started without a {nameof(KubernetesLedgerSetup)}"));
    }
}
