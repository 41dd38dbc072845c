namespace AkkaVault.Controller.Configuration;

/// <summary>The <c>kubernetes</c> section.</summary>
/// <param name="Scope">Which namespaces are watched.</param>
/// <param name="ServiceNamespace">The controller's own namespace.</param>
/// <param name="Service">The controller's headless service.</param>
/// <param name="LabelSelector">Narrows the watched pods; null: all.</param>
public sealed record KubernetesSettings(WatchScope Scope, string ServiceNamespace, string Service, string? LabelSelector)
{
    /// <summary>Whether a delivered secret is an event on the pod (<c>kubernetes.events.delivered</c>).</summary>
    public bool DeliveredEvents { get; init; }

    /// <summary>The name of the ConfigMap of <see cref="StateStore.Kubernetes"/>.</summary>
    public string LedgerName => $"{Service}-ledger";

    /// <summary>The name of the Lease of <see cref="DowningStrategy.LeaseMajority"/>.</summary>
    public string LeaseName => $"{Service}-akka-sbr";
}
