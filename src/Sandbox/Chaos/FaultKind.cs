namespace AkkaVault.Sandbox.Chaos;

/// <summary>What is done to an installation.</summary>
public enum FaultKind
{
    /// <summary>A controller gets SIGKILL and is started again at its address.</summary>
    Killed,

    /// <summary>A controller gets SIGTERM and is started again at its address.</summary>
    Stopped,

    /// <summary>A controller is held by SIGSTOP for some seconds: its ports take connections and nobody answers.</summary>
    Hung,

    /// <summary>A controller gets SIGKILL and is started again at another address.</summary>
    Moved,

    /// <summary>
    /// Every packet between a controller and the others gets lost for some seconds; Vault, the API server and pods stay reachable
    /// for all. Needs controllers in a network of their own.
    /// </summary>
    Partitioned,

    /// <summary>Nothing listens at the API server's address for some seconds.</summary>
    ApiServerAway,

    /// <summary>Nothing listens at Vault's address for some seconds.</summary>
    VaultAway,
}
