using AkkaVault.Controller.Common;

namespace AkkaVault.Controller.Cluster.Reachability;

/// <summary>The leader to another controller: do you reach the API server now? Answered with <see cref="ApiServerReachability"/>.</summary>
/// <param name="Round">Counts how often it has asked: a late answer is known by it.</param>
internal sealed record GetApiServerReachability(int Round) : IWireMessage;

/// <summary>Whether a controller reaches the API server, tried after it was asked.</summary>
/// <param name="Round">See <see cref="GetApiServerReachability.Round"/>.</param>
/// <param name="Node">Its address in the cluster.</param>
/// <param name="Reached">Whether it does.</param>
internal sealed record ApiServerReachability(int Round, string Node, bool Reached) : IWireMessage;
