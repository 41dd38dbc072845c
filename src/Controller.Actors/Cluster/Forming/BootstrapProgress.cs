namespace AkkaVault.Controller.Cluster.Forming;

/// <summary>What the management port tells others of this node's bootstrap.</summary>
public sealed class BootstrapProgress
{
    private volatile bool _isBusy;

    /// <summary>About to form or to join a cluster: others must wait for what comes of it.</summary>
    public bool IsBusy
    {
        get => _isBusy;
        set => _isBusy = value;
    }
}
