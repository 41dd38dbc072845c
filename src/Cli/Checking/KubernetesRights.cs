using AkkaVault.Controller.Configuration;

namespace AkkaVault.Cli.Checking;

/// <summary>A right in Kubernetes that the controller uses.</summary>
/// <param name="Verb">The verb.</param>
/// <param name="Group">The API group; empty: the core group.</param>
/// <param name="Resource">The resource, in the plural.</param>
/// <param name="Namespace">The namespace; empty: all namespaces.</param>
/// <param name="Name">The name of the object; empty: any object.</param>
/// <param name="GrantedBy">The manifest below <c>k8s/rbac</c> that grants the right.</param>
/// <param name="WithoutIt">What happens if the right is missing and the controller can do without it; null: the right is required.</param>
/// <param name="Alternative">Another right that the controller can use instead; null: there is none.</param>
internal sealed record KubernetesRight(
    string Verb, string Group, string Resource, string Namespace, string Name, string GrantedBy, string? WithoutIt = null, KubernetesRight? Alternative = null);

/// <summary>The Kubernetes rights that a configuration needs. The manifests in <c>k8s/rbac</c> grant them.</summary>
internal static class KubernetesRights
{
    /// <summary>The rights that a configuration needs.</summary>
    public static IReadOnlyList<KubernetesRight> Of(ControllerConfiguration configuration)
    {
        var kubernetes = configuration.Kubernetes;
        var (pods, podsBy) = kubernetes.Scope.SingleNamespace is { } one ? (one, "one-namespace/role.yaml") : ("", "all-namespaces/clusterrole.yaml");
        List<KubernetesRight> rights =
        [
            new("list", "", "pods", pods, "", podsBy),
            new("watch", "", "pods", pods, "", podsBy),
            new("create", "", "events", pods, "", podsBy, "pods are not told what keeps their secret from them"),
        ];
        var own = kubernetes.ServiceNamespace;
        if (configuration.Cluster is { } cluster)
        {
            var endpoints = new KubernetesRight("get", "", "endpoints", own, kubernetes.Service, "discovery.yaml", "only an API server before 1.21 needs it");
            rights.Add(new("list", "discovery.k8s.io", "endpointslices", own, "", "discovery.yaml", Alternative: endpoints));
            rights.Add(endpoints);
            if (cluster.Downing == DowningStrategy.LeaseMajority) rights.AddRange(OneObject("coordination.k8s.io", "leases", own, kubernetes.LeaseName, "lease.yaml"));
        }

        if (configuration.Store == StateStore.Kubernetes) rights.AddRange(OneObject("", "configmaps", own, kubernetes.LedgerName, "ledger-role.yaml"));
        return rights;
    }

    /// <summary>The check of one right.</summary>
    /// <param name="right">The right.</param>
    /// <param name="granted">The rights that the API server grants.</param>
    public static Check Judge(KubernetesRight right, IReadOnlySet<KubernetesRight> granted)
    {
        var name = NameOf(right);
        if (granted.Contains(right)) return Check.Ok(name);
        var grant = $"Apply k8s/rbac/{right.GrantedBy}, for this namespace and account; it has {RuleOf(right)}.";
        if (right.Alternative is { } other && granted.Contains(other)) return Check.Skipped(name, $"not granted, and not required: {other.Verb} of {other.Resource} is", grant);
        return right.WithoutIt is { } without ? Check.Skipped(name, $"not granted, and not required: {without}", grant) : Check.Failed(name, "not granted", grant);
    }

    /// <summary>The name of the check of a right.</summary>
    public static string NameOf(KubernetesRight right) =>
        $"RBAC: {right.Verb} {right.Resource}{(right.Name.Length == 0 ? "" : $"/{right.Name}")} {(right.Namespace.Length == 0 ? "in all namespaces" : $"in {right.Namespace}")}";

    // For those who have no checkout with the manifests.
    private static string RuleOf(KubernetesRight right) =>
        $"apiGroups: [\"{right.Group}\"], resources: [{right.Resource}], {(right.Name.Length == 0 ? "" : $"resourceNames: [{right.Name}], ")}verbs: [{right.Verb}]";

    private static IEnumerable<KubernetesRight> OneObject(string group, string resource, string ns, string name, string by) =>
    [
        new("get", group, resource, ns, name, by),
        new("update", group, resource, ns, name, by),
        // RBAC cannot restrict create to a name: the object does not exist yet.
        new("create", group, resource, ns, "", by),
    ];
}
