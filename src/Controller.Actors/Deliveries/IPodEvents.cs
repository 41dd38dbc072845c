namespace AkkaVault.Controller.Deliveries;

/// <summary>Kubernetes events on pods: what a person must know. Best effort; never blocks, never fails.</summary>
public interface IPodEvents
{
    /// <summary>Records what happened; the same of the same pod is counted up, and what is too much is left out.</summary>
    void Tell(string ns, string pod, string uid, PodEventReason reason, string message);

    /// <summary>The same, of the pod that a secret goes to.</summary>
    void Tell(DeliveryTarget target, PodEventReason reason, string message) => Tell(target.Namespace, target.Name, target.Run.Uid, reason, message);
}

/// <summary>What a pod's events say.</summary>
public enum PodEventReason
{
    /// <summary>It has its secret; recorded only where <c>kubernetes.events.delivered</c> asks for it.</summary>
    VaultSecretDelivered,

    /// <summary>It has no secret yet, and that will not pass by itself, or has not passed for long.</summary>
    VaultSecretFailed,

    /// <summary>Somebody else used its wrapping token.</summary>
    VaultWrappingTokenUsed,
}
