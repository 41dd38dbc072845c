namespace AkkaVault.Controller.Cluster.Discovery;

/// <summary>Is told how many controllers the service has: metrics.</summary>
internal interface IDiscoveryObserver
{
    /// <summary>The service was read.</summary>
    /// <param name="addresses">How many controllers it has.</param>
    void Discovered(int addresses);
}
