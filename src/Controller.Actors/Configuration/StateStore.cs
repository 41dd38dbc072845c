namespace AkkaVault.Controller.Configuration;

/// <summary>Where the ledger is stored (<c>state.store</c>).</summary>
internal enum StateStore
{
    /// <summary>In a file of this controller: for one replica.</summary>
    Sqlite,

    /// <summary>In a ConfigMap of the controller's namespace: for any number of replicas.</summary>
    Kubernetes,

    /// <summary>
    /// Nowhere, for one replica. After a restart the controller lists all pods. No pod is lost, but wrapping tokens that the controller had
    /// not delivered are not revoked; they expire.
    /// </summary>
    None,
}
