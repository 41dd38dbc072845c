namespace AkkaVault.Controller.Cluster.Discovery;

/// <summary>Counts the controllers that were found, for metrics.</summary>
internal interface IDiscoveryObserver
{
    /// <param name="addresses">How many controllers the Service has.</param>
    void Discovered(int addresses);
}
