namespace AkkaVault.Controller.Configuration;

/// <summary>Which pods are watched: the part of the <c>kubernetes</c> section that says so.</summary>
/// <param name="Scope">The namespaces.</param>
/// <param name="LabelSelector">Narrows the pods in them; null: all.</param>
public sealed record WatchedPods(WatchScope Scope, string? LabelSelector);
