using Akka.Actor;

namespace AkkaVault.Controller.Scheduling;

/// <summary>What is to be run.</summary>
/// <param name="Run">Runs it.</param>
/// <param name="Interval">How long after it was due it is due again, or null if it runs once.</param>
/// <param name="Cancelable">Cancels it, if given.</param>
internal sealed record Scheduled(Action Run, TimeSpan? Interval, ICancelable? Cancelable)
{
    /// <summary>Whether it was cancelled.</summary>
    public bool IsCanceled => Cancelable is { IsCancellationRequested: true };
}
