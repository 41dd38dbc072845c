namespace AkkaVault.Controller.Configuration;

/// <summary>Where the ledger is stored (<c>state.store</c>).</summary>
public enum StateStore
{
    /// <summary>In a file of this controller's own: for one replica.</summary>
    Sqlite,

    /// <summary>In a ConfigMap of the controller's namespace: for any number of replicas.</summary>
    Kubernetes,

    /// <summary>
    /// Nowhere, for one replica: the list is read again after a restart. Nothing is lost by it; wrapping tokens that were in flight die of their
    /// TTL where they would have been revoked.
    /// </summary>
    None,
}
