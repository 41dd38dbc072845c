namespace AkkaVault.Sandbox.Kubernetes;

/// <summary>A kind of object that the API server stores.</summary>
/// <param name="Group">The API group; empty: core.</param>
/// <param name="Version">The API version.</param>
/// <param name="Plural">The kind's name in paths.</param>
/// <param name="Kind">The kind's name in objects.</param>
/// <param name="Namespaced">Whether objects of this kind are in a namespace.</param>
internal sealed record ApiResource(string Group, string Version, string Plural, string Kind, bool Namespaced = true)
{
    private const string Rbac = "rbac.authorization.k8s.io";

    public static readonly ApiResource Pods = new("", "v1", "pods", "Pod");
    public static readonly ApiResource Namespaces = new("", "v1", "namespaces", "Namespace", false);
    public static readonly ApiResource Services = new("", "v1", "services", "Service");
    public static readonly ApiResource Endpoints = new("", "v1", "endpoints", "Endpoints");
    public static readonly ApiResource Events = new("", "v1", "events", "Event");
    public static readonly ApiResource ConfigMaps = new("", "v1", "configmaps", "ConfigMap");
    public static readonly ApiResource Roles = new(Rbac, "v1", "roles", "Role");
    public static readonly ApiResource RoleBindings = new(Rbac, "v1", "rolebindings", "RoleBinding");
    public static readonly ApiResource ClusterRoles = new(Rbac, "v1", "clusterroles", "ClusterRole", false);
    public static readonly ApiResource ClusterRoleBindings = new(Rbac, "v1", "clusterrolebindings", "ClusterRoleBinding", false);

    public static readonly ApiResource EndpointSlices = new("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice");

    public static readonly ApiResource Leases = new("coordination.k8s.io", "v1", "leases", "Lease");

    private static readonly ApiResource BetaEndpointSlices = new("discovery.k8s.io", "v1beta1", "endpointslices", "EndpointSlice");

    /// <summary>All kinds that the sandbox and the tests use.</summary>
    public static readonly IReadOnlyList<ApiResource> All =
    [
        Pods, Namespaces, Services, Endpoints, Events, ConfigMaps, Roles, RoleBindings, ClusterRoles, ClusterRoleBindings,
        new("", "v1", "serviceaccounts", "ServiceAccount"),
        EndpointSlices,
        BetaEndpointSlices,
        Leases,
    ];

    /// <summary>Whether a server has this kind. <c>discovery.k8s.io</c> has <c>v1</c> since 1.21, and no <c>v1beta1</c> since 1.25.</summary>
    public bool IsServedBy(ApiServerVersion version) => version is ApiServerVersion.Kubernetes120 ? this != EndpointSlices : this != BetaEndpointSlices;

    /// <summary>Whether the status of an object is changed separately, through a subresource.</summary>
    public bool HasStatus => this == Pods || this == Namespaces || this == Services;

    /// <summary>The value of <c>apiVersion</c> in objects of this kind.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The kind's name in messages.</summary>
    public string Qualified => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}

/// <summary>The object or collection that a request names.</summary>
/// <param name="Resource">The kind of object.</param>
/// <param name="Namespace">The namespace; empty: all namespaces, or a kind without namespaces.</param>
/// <param name="Name">The object's name; empty: the collection.</param>
/// <param name="Subresource"><c>status</c>, or <c>portforward</c> or <c>exec</c> of a pod; empty: the object.</param>
internal sealed record ApiPath(ApiResource Resource, string Namespace, string Name, string Subresource)
{
    /// <summary>Whether the request is for the object's status alone.</summary>
    public bool IsStatus => Subresource == "status";

    /// <summary>Whether the request becomes a connection to a pod.</summary>
    public bool IsStream => Subresource is "portforward" or "exec";

    /// <summary>Parses a path; null when the server has no such resource.</summary>
    public static ApiPath? Parse(string path)
    {
        var parts = path.Trim('/').Split('/').Select(Uri.UnescapeDataString).ToList();
        (string Group, string Version, List<string> Path)? api = parts switch
        {
            ["api", var version, .. var rest] => ("", version, rest),
            ["apis", var group, var version, .. var rest] => (group, version, rest),
            _ => null,
        };
        if (api is not var (apiGroup, apiVersion, left)) return null;
        // namespaces/NAME is an object. namespaces/NAME/PLURAL is a collection in that namespace.
        var ns = "";
        if (left is ["namespaces", var inside, _, ..]) (ns, left) = (inside, left[2..]);
        if (left.Count is 0 or > 3) return null;
        var resource = ApiResource.All.FirstOrDefault(r => r.Group == apiGroup && r.Version == apiVersion && r.Plural == left[0] && (ns.Length == 0 || r.Namespaced));
        var subresource = left.ElementAtOrDefault(2) ?? "";
        return resource is null || (subresource.Length > 0 && !(subresource == "status" && resource.HasStatus) && !(subresource is "portforward" or "exec" && resource == ApiResource.Pods))
            ? null
            : new ApiPath(resource, ns, left.ElementAtOrDefault(1) ?? "", subresource);
    }
}
