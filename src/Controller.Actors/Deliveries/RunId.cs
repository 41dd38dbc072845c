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
    /// <summary>The run of which <see cref="ToString"/> is the text; null: there is none.</summary>
    public static RunId? Parse(string text) => text.IndexOf('/', StringComparison.Ordinal) is > 0 and var at && at < text.Length - 1 ? new RunId(text[..at], text[(at + 1)..]) : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Uid}/{Container}";
}
