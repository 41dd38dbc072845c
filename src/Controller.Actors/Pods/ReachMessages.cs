namespace AkkaVault.Controller.Pods;

/// <summary>The leader to another controller: do you reach the API server now? Answered with <see cref="ReachAnswer"/>.</summary>
/// <param name="Round">Counts how often it has asked: a late answer is known by it.</param>
public sealed record AskReach(int Round) : IPodWire;

/// <summary>Whether a controller reaches the API server, tried after it was asked.</summary>
/// <param name="Round">See <see cref="AskReach.Round"/>.</param>
/// <param name="Node">Its address in the cluster.</param>
/// <param name="Reached">Whether it does.</param>
public sealed record ReachAnswer(int Round, string Node, bool Reached) : IPodWire;
