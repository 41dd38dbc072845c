namespace AkkaVault.Controller.Configuration;

/// <summary>Which pods the controllers watch: a part of the <c>kubernetes</c> section.</summary>
/// <param name="Scope">The namespaces.</param>
/// <param name="LabelSelector">The labels that a pod must have; null: any.</param>
internal sealed record WatchedPods(WatchScope Scope, string? LabelSelector);
