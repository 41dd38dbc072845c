namespace AkkaVault.Controller.Watching;

/// <summary>Gets the state of the watch, for metrics and readiness.</summary>
internal interface IWatchObserver
{
    /// <summary>A list was read, or a watch was answered: all pods are known now.</summary>
    void Current();

    /// <summary>The watch was interrupted; it is resumed.</summary>
    void WatchInterrupted(string reason);
}
