namespace AkkaVault.Sandbox.Network;

/// <summary>What a controller is cut off from.</summary>
public enum NetworkCut
{
    /// <summary>The other controllers. Vault, the API server and pods stay reachable.</summary>
    Controllers,

    /// <summary>The other controllers, Vault and the API server. Only pods stay reachable.</summary>
    AllButPods,

    /// <summary>Only the API server.</summary>
    ApiServer,
}
