namespace AkkaVault.Controller.Deliveries;

/// <summary>Counts how deliveries go, for metrics.</summary>
internal interface IDeliveryObserver
{
    /// <summary>A push is being sent.</summary>
    void PushStarted(DeliveryTarget target);

    /// <summary>A push was not accepted.</summary>
    /// <param name="target">The run.</param>
    /// <param name="code">See <see cref="ProblemCode"/>.</param>
    void PushFailed(DeliveryTarget target, string code);

    /// <summary>A wrapping token turned out to be used by somebody else.</summary>
    void WrappingTokenFoundUsed(DeliveryTarget target);

    /// <summary>A run has its secret.</summary>
    /// <param name="target">The run.</param>
    /// <param name="sinceStart">Since the kubelet started the init container (its clock, whole seconds).</param>
    /// <param name="sinceSeen">Since the watcher first saw the run; of a redelivery, since it was due.</param>
    /// <param name="isRedelivery">Whether the run had a secret, and asked for another one.</param>
    void Delivered(DeliveryTarget target, TimeSpan sinceStart, TimeSpan sinceSeen, bool isRedelivery);
}
