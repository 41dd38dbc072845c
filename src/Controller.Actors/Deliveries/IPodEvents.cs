namespace AkkaVault.Controller.Deliveries;

/// <summary>Records Kubernetes events on pods, for people. Best effort; never blocks, never fails.</summary>
internal interface IPodEvents
{
    /// <summary>Records an event. If the pod has the same event already, its count is raised; events that are too many are left out.</summary>
    void Tell(string ns, string pod, string uid, PodEventReason reason, string message);

    /// <summary>Records an event on the pod of a target.</summary>
    void Tell(DeliveryTarget target, PodEventReason reason, string message) => Tell(target.Namespace, target.Name, target.Run.Uid, reason, message);
}

/// <summary>The reasons of events on pods.</summary>
internal enum PodEventReason
{
    /// <summary>The pod has its secret; recorded only where <c>kubernetes.events.delivered</c> asks for it.</summary>
    VaultSecretDelivered,

    /// <summary>The pod has no secret yet: only a person can correct that, or it has lasted for long.</summary>
    VaultSecretFailed,

    /// <summary>The pod's sidecar has a secret, and has not got the other one that it asked for: only a person can correct that, or it has lasted for long.</summary>
    VaultRedeliveryFailed,

    /// <summary>Somebody else used the pod's wrapping token.</summary>
    VaultWrappingTokenUsed,
}
