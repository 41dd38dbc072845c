using AkkaVault.Controller.Ledger;
using AkkaVault.Shared.Vault;

namespace AkkaVault.Controller.Deliveries;

/// <summary>Vault, as far as deliveries need it. Failures are <see cref="VaultException"/>.</summary>
public interface ISecretIssuer
{
    /// <summary>A wrapped secret_id for a run. While Vault does not serve it waits.</summary>
    /// <param name="target">The run.</param>
    /// <param name="whileWaiting">Gives it up as long as Vault has not been asked; later it is not listened to, so that no token is issued unknown.</param>
    /// <param name="cancellation">Ends it in any case.</param>
    Task<IssuedToken> IssueAsync(DeliveryTarget target, CancellationToken whileWaiting, CancellationToken cancellation);

    /// <summary>Revokes a wrapping token. One that is gone already is no failure.</summary>
    /// <returns>Whether it was alive.</returns>
    Task<bool> RevokeAsync(string accessor, CancellationToken cancellation);
}

/// <summary>A wrapping token that was issued.</summary>
/// <param name="Token">The token; stays on this node.</param>
/// <param name="Asked">When Vault was asked, by this node's clock: the token is never older than that.</param>
public sealed record IssuedToken(WrappingToken Token, DateTimeOffset Asked);

/// <summary>Takes what pod actors leave.</summary>
public interface IShutdownRevoker
{
    /// <summary>These may be alive and undelivered, and their actor stops: should the process end now, they are to be revoked.</summary>
    void Add(IEnumerable<PendingRevocation> wraps);
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

/// <summary>Kubernetes events on pods: what a person must know. Best effort; never blocks, never fails.</summary>
public interface IPodEvents
{
    /// <summary>Records what happened; the same of the same pod is counted up, and what is too much is left out.</summary>
    void Tell(string ns, string pod, string uid, PodEventReason reason, string message);

    /// <summary>The same, of the pod that a secret goes to.</summary>
    void Tell(DeliveryTarget target, PodEventReason reason, string message) => Tell(target.Namespace, target.Name, target.Run.Uid, reason, message);
}

/// <summary>The way to an init container.</summary>
public interface ISecretPusher
{
    /// <summary>Pushes a wrapping token unless it has expired when its turn comes. Never throws but for cancellation.</summary>
    /// <param name="target">The init container.</param>
    /// <param name="token">The wrapping token.</param>
    /// <param name="expires">When it is dead, by this node's clock.</param>
    /// <param name="stalled">Whether the last push of the run kept its place for long and for nothing: this one must keep nobody else from being pushed to.</param>
    /// <param name="cancellation">Ends the push.</param>
    Task<PushOutcome> PushAsync(DeliveryTarget target, WrappingToken token, DateTimeOffset expires, bool stalled, CancellationToken cancellation);
}

/// <summary>The pods of the watched namespaces.</summary>
public interface IPodWatcher
{
    /// <summary>
    /// All that happens to pods from a cursor on; from a fresh list when it is empty, too old, or was reached with other pods selected. Goes on until cancelled:
    /// failures of the API server are retried inside.
    /// </summary>
    /// <param name="cursor">The cursor that was taken in last, or empty.</param>
    /// <param name="cancellation">Ends the feed.</param>
    IAsyncEnumerable<PodWatchItem> ReadAsync(string cursor, CancellationToken cancellation);
}

/// <summary>Is told how deliveries go: metrics.</summary>
public interface IDeliveryObserver
{
    /// <summary>A push is being sent.</summary>
    void PushStarted(DeliveryTarget target);

    /// <summary>A push was not accepted.</summary>
    void PushFailed(DeliveryTarget target, string reason);

    /// <summary>A wrapping token turned out to be used by somebody else.</summary>
    void WrappingTokenFoundUsed(DeliveryTarget target);

    /// <summary>A run has its secret.</summary>
    /// <param name="target">The run.</param>
    /// <param name="sinceStart">Since the kubelet started the init container (its clock, whole seconds).</param>
    /// <param name="sinceSeen">Since the watcher first saw the run.</param>
    void Delivered(DeliveryTarget target, TimeSpan sinceStart, TimeSpan sinceSeen);

    /// <summary>The ledger has changed.</summary>
    void LedgerChanged(RunLedger ledger);

    /// <summary>A watcher has started on this node.</summary>
    void WatcherStarted();

    /// <summary>It has stopped: this node knows of no pod any more, and is not the leader.</summary>
    void WatcherStopped();
}

/// <summary>Is told where the runs of this node stand, for people who ask. Never blocks, never fails.</summary>
public interface IRunTracker
{
    /// <summary>A pod actor has taken a step.</summary>
    void Updated(Delivery delivery);

    /// <summary>A pod actor is done with a run.</summary>
    void Finished(RunId run);

    /// <summary>A pod actor has stopped before it was done with a run.</summary>
    void Unassigned(RunId run);

    /// <summary>What the watcher on this node has in its ledger; null: there is no watcher here any more.</summary>
    void LedgerChanged(RunLedger? ledger);
}
