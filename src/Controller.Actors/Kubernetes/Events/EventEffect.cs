namespace AkkaVault.Controller.Kubernetes.Events;

/// <summary>What <see cref="EventPolicy"/> asks for.</summary>
/// <param name="Occurrence">What happened.</param>
internal abstract record EventEffect(PodEventOccurrence Occurrence)
{
    /// <summary>Create an event; answer with <see cref="EventInput.NotCreated"/> where that fails.</summary>
    /// <param name="Occurrence">What happened.</param>
    /// <param name="Name">The event's name.</param>
    /// <param name="At">When it happened.</param>
    public sealed record Create(PodEventOccurrence Occurrence, string Name, DateTimeOffset At) : EventEffect(Occurrence);

    /// <summary>Count the repetition in the event of the first occurrence.</summary>
    /// <param name="Occurrence">What happened.</param>
    /// <param name="Name">The event's name.</param>
    /// <param name="First">When it happened first.</param>
    /// <param name="Last">When it happened last.</param>
    /// <param name="Count">How often it has happened.</param>
    public sealed record Update(PodEventOccurrence Occurrence, string Name, DateTimeOffset First, DateTimeOffset Last, int Count) : EventEffect(Occurrence);

    /// <summary>Count the occurrence as one without an event: there are too many.</summary>
    /// <param name="Occurrence">What happened.</param>
    public sealed record Omit(PodEventOccurrence Occurrence) : EventEffect(Occurrence);
}
