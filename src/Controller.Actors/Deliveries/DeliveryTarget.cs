using System.Text.Json.Serialization;

namespace AkkaVault.Controller.Deliveries;

/// <summary>Where one run's secret goes, and for which AppRole. Holds nothing secret.</summary>
/// <param name="Run">The run.</param>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Name">The pod's name.</param>
/// <param name="Ip">The pod's IP, v4 or v6, without brackets.</param>
/// <param name="Role">The AppRole: annotation <c>pod.boostport.com/vault-approle</c>.</param>
/// <param name="Node">The node the pod runs on; empty when unknown.</param>
/// <param name="StartedAt">When the kubelet says that the init container started (whole seconds).</param>
internal sealed record DeliveryTarget(
    RunId Run, string Namespace, string Name, string Ip, string Role, string Node, DateTimeOffset StartedAt)
{
    /// <summary>Whether it is known where the run is.</summary>
    [JsonIgnore]
    public bool IsKnown => Name.Length > 0;

    /// <summary><c>namespace/name</c>, for people.</summary>
    [JsonIgnore]
    public string Pod => $"{Namespace}/{Name}";

    /// <summary>A run whose location is unknown.</summary>
    public static DeliveryTarget Unknown(RunId run) => new(run, "", "", "", "", "", default);
}
