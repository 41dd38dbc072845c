namespace AkkaVault.Sandbox.Chaos;

/// <summary>The kinds of faults.</summary>
public enum FaultKind
{
    /// <summary>A controller gets SIGKILL and starts again at its address.</summary>
    Killed,

    /// <summary>A controller gets SIGTERM and starts again at its address.</summary>
    Stopped,

    /// <summary>SIGSTOP suspends a controller for some seconds. Its ports accept connections, and nobody answers.</summary>
    Hung,

    /// <summary>A controller gets SIGKILL and starts again at another address.</summary>
    Moved,

    /// <summary>
    /// Every packet between a controller and the others is dropped for some seconds. Vault, the API
    /// server and pods stay reachable for all controllers. The controllers need their own network.
    /// </summary>
    Partitioned,

    /// <summary>Nothing listens at the API server's address for some seconds.</summary>
    ApiServerAway,

    /// <summary>Nothing listens at Vault's address for some seconds.</summary>
    VaultAway,
}
