using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Kubernetes.Events;

/// <summary>What happened to a pod.</summary>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Uid">The pod's uid.</param>
/// <param name="Reason">In one word.</param>
/// <param name="Message">In a sentence.</param>
internal sealed record PodEventOccurrence(string Namespace, string Pod, string Uid, PodEventReason Reason, string Message);

/// <summary>What can happen to <see cref="EventPolicy"/>.</summary>
internal abstract record EventInput
{
    private EventInput()
    {
    }

    /// <summary>Something happened to a pod.</summary>
    /// <param name="Occurrence">What.</param>
    /// <param name="NewName">The name of the event, if it becomes a new one.</param>
    public sealed record Occurred(PodEventOccurrence Occurrence, string NewName) : EventInput;

    /// <summary>The event of <see cref="EventEffect.Create"/> could not be created.</summary>
    /// <param name="Occurrence">What it was to tell.</param>
    public sealed record NotCreated(PodEventOccurrence Occurrence) : EventInput;
}
