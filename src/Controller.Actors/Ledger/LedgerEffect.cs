using System.Collections.Immutable;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Shared;

namespace AkkaVault.Controller.Ledger;

/// <summary>
/// What the ledger wants done. The events of a transition are stored first, all together and in order; its commands are sent after
/// that, in order. Nothing is sent of a transition whose events could not be stored.
/// </summary>
internal abstract record LedgerEffect
{
    private LedgerEffect()
    {
    }

    /// <summary>Store an event. It is already applied to the state.</summary>
    /// <param name="Event">The event.</param>
    public sealed record Persist(ILedgerEvent Event) : LedgerEffect;

    /// <summary>Send a command to the pod actor of its run.</summary>
    /// <param name="Command">The command.</param>
    public sealed record Send(IPodCommand Command) : LedgerEffect;

    /// <summary>List all pods soon, in place of the watch.</summary>
    public sealed record ListPods : LedgerEffect;

    /// <summary>List all pods beside the watch: it is not known where runs are that are to be served.</summary>
    public sealed record LocatePods : LedgerEffect;
}

/// <summary>The effects of a transition by their kind.</summary>
internal static class LedgerEffects
{
    extension(Transition<RunLedger, LedgerEffect> transition)
    {
        /// <summary>What is to be stored, in order.</summary>
        public ImmutableList<ILedgerEvent> Events => [.. transition.Effects.OfType<LedgerEffect.Persist>().Select(persist => persist.Event)];

        /// <summary>What is to be sent after that, in order.</summary>
        public ImmutableList<IPodCommand> Commands => [.. transition.Effects.OfType<LedgerEffect.Send>().Select(send => send.Command)];

        /// <summary>Whether all pods are to be listed in place of the watch.</summary>
        public bool AsksForList => transition.Effects.Exists(effect => effect is LedgerEffect.ListPods);

        /// <summary>Whether all pods are to be listed beside the watch.</summary>
        public bool AsksToLocate => transition.Effects.Exists(effect => effect is LedgerEffect.LocatePods);
    }
}
