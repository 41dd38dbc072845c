using AkkaVault.Controller.Common;

namespace AkkaVault.Controller.Cluster.Reachability;

/// <summary>From the leader to another controller: do you reach the API server? Answered with <see cref="ApiServerReachability"/>.</summary>
/// <param name="Round">Repeated in the answer, so that a late answer is recognized.</param>
internal sealed record GetApiServerReachability(int Round) : IWireMessage;

/// <summary>Whether a controller reaches the API server, tried after the question.</summary>
internal sealed record ApiServerReachability(int Round, string Node, bool Reached) : IWireMessage;
