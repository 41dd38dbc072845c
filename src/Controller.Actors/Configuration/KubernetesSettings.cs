namespace AkkaVault.Controller.Configuration;

/// <summary>The <c>kubernetes</c> section.</summary>
/// <param name="Scope">Which namespaces the controllers watch.</param>
/// <param name="ServiceNamespace">The namespace of the controllers.</param>
/// <param name="Service">The headless Service of the controllers.</param>
/// <param name="LabelSelector">The labels that a pod must have to be watched; null: any.</param>
internal sealed record KubernetesSettings(WatchScope Scope, string ServiceNamespace, string Service, string? LabelSelector)
{
    /// <summary>Whether each delivery is recorded as an event on the pod (<c>kubernetes.events.delivered</c>).</summary>
    public bool DeliveredEvents { get; init; }

    /// <summary>The name of the ConfigMap of <see cref="StateStore.Kubernetes"/>.</summary>
    public string LedgerName => $"{Service}-ledger";

    /// <summary>The name of the Lease of <see cref="DowningStrategy.LeaseMajority"/>.</summary>
    public string LeaseName => $"{Service}-akka-sbr";
}
