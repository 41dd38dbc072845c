namespace AkkaVault.Controller.Deliveries;

/// <summary>
/// One run of a pod's init container: the unit of delivery. A pod's init container may run more than once (crash loop, pod
/// sandbox re-created), and each run gets exactly one secret. Never keyed by pod name: names are used again.
/// </summary>
/// <param name="Uid">The pod's <c>metadata.uid</c>.</param>
/// <param name="Container">
/// The <c>containerID</c> of the init container's status, or <c>restartCount@startedAt</c> where the runtime left it empty.
/// </param>
internal sealed record RunId(string Uid, string Container)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Uid}/{Container}";
}
