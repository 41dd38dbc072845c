namespace AkkaVault.Sandbox.Network;

/// <summary>What a controller is cut off from.</summary>
public enum NetworkCut
{
    /// <summary>From the other controllers. Vault, the API server and pods are where they were.</summary>
    Controllers,

    /// <summary>From the other controllers, Vault and the API server. Only pods are where they were.</summary>
    AllButPods,

    /// <summary>From the API server only.</summary>
    ApiServer,
}
