using Akka.Actor;
using Akka.Actor.Setup;

namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>The settings of <see cref="ConfigMapLedger"/>, given to the actor system when it starts.</summary>
/// <param name="persistenceId">The one persistent actor whose ledger it is.</param>
/// <param name="services">The services of the writer.</param>
internal sealed class ConfigMapLedgerSetup(string persistenceId, LedgerWriterServices services) : Setup
{
    /// <summary>The one persistent actor whose ledger it is.</summary>
    public string PersistenceId { get; } = persistenceId;

    /// <summary>The services of the writer.</summary>
    public LedgerWriterServices Services { get; } = services;
}

/// <summary>The one writer of an actor system, for its journal and its snapshot store.</summary>
internal sealed class ConfigMapLedger : IExtension
{
    private ConfigMapLedger(ExtendedActorSystem system, ConfigMapLedgerSetup setup)
    {
        (PersistenceId, Clock) = (setup.PersistenceId, setup.Services.Clock);
        Writer = new LedgerWriter(setup.Services, system.EventStream.Publish);
        system.RegisterOnTermination(Writer.Dispose);
    }

    /// <summary>The one persistent actor whose ledger it is.</summary>
    public string PersistenceId { get; }

    /// <summary>This node's clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The writer.</summary>
    public LedgerWriter Writer { get; }

    /// <summary>The ledger of an actor system.</summary>
    /// <exception cref="InvalidOperationException">It was started without a <see cref="ConfigMapLedgerSetup"/>.</exception>
    public static ConfigMapLedger Of(ActorSystem system) => system.WithExtension<ConfigMapLedger, Provider>();

    private sealed class Provider : ExtensionIdProvider<ConfigMapLedger>
    {
        public override ConfigMapLedger CreateExtension(ExtendedActorSystem system) => new(
            system, system.Settings.Setup.Get<ConfigMapLedgerSetup>() is { HasValue: true } setup
                ? setup.Value
                : throw new InvalidOperationException($"{system.Name} was started without a {nameof(ConfigMapLedgerSetup)}"));
    }
}
