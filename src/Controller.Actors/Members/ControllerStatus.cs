using System.Collections.Immutable;
using AkkaVault.Controller.Common;

namespace AkkaVault.Controller.Members;

/// <summary>Asks a member what it is doing; answered with <see cref="ControllerStatus"/>.</summary>
internal sealed record GetControllerStatus : IWireMessage;

/// <summary>What a member says of itself. Holds neither a secret nor an accessor, and has a bounded size.</summary>
/// <param name="Node">Its address in the cluster.</param>
/// <param name="Version">The version of its program.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="Problem">Why it cannot do its part; null: it can.</param>
/// <param name="Shards">How many shards it has.</param>
/// <param name="PodActors">How many pod actors it has.</param>
/// <param name="Vault">Vault, as it sees it.</param>
/// <param name="Certificates">The certificates that it presents.</param>
/// <param name="Deliveries">How long its deliveries took.</param>
/// <param name="LastDelivered">Its last deliveries, the newest first; at most <see cref="MaxDelivered"/>.</param>
/// <param name="Failures">What failed since it started.</param>
/// <param name="Leader">The watch and the ledger; null: it does not lead.</param>
internal sealed record ControllerStatus(
    string Node, string Version, DateTimeOffset StartedAt, string? Problem, int Shards, int PodActors, VaultStatus Vault, ImmutableList<CertificateStatus> Certificates,
    LatencyHistogram Deliveries, ImmutableList<DeliveredRun> LastDelivered, ImmutableList<FailureCount> Failures, LeaderStatus? Leader) : IWireMessage
{
    /// <summary>The most deliveries of an answer, which must fit into a frame of remoting.</summary>
    public const int MaxDelivered = 40;

    /// <summary>The longest <see cref="Problem"/>.</summary>
    public const int LongestText = 300;
}

/// <summary>Vault, as a member sees it.</summary>
/// <param name="CircuitOpen">Whether Vault does not serve.</param>
/// <param name="Requests">How long the requests took that pods caused.</param>
/// <param name="TokenLeftSeconds">How long the member's own Vault token still lives unless it is renewed; 0: there is no token.</param>
/// <param name="TokenLifetimeSeconds">The whole life of the member's own Vault token: its lifetime at creation or, after a login, the lifetime that Vault granted last; 0: there is no token.</param>
internal sealed record VaultStatus(bool CircuitOpen, LatencyHistogram Requests, double TokenLeftSeconds, double TokenLifetimeSeconds);

/// <summary>A certificate that a member presents.</summary>
/// <param name="Label">metrics or remoting, as in the label <c>certificate</c> of the metrics.</param>
/// <param name="LeftSeconds">The time until the certificate ends; 0: there is no certificate yet.</param>
/// <param name="LifetimeSeconds">The time from the certificate's beginning to its end; 0: there is no certificate yet.</param>
internal sealed record CertificateStatus(string Label, double LeftSeconds, double LifetimeSeconds);

/// <summary>A run that has its secret.</summary>
/// <param name="Run">The run.</param>
/// <param name="Namespace">The pod's namespace.</param>
/// <param name="Pod">The pod's name.</param>
/// <param name="Role">Its AppRole.</param>
/// <param name="SeenAt">When a watcher first saw the run, or when its redelivery was due.</param>
/// <param name="At">When it got its secret.</param>
/// <param name="Attempts">How many attempts it took.</param>
internal sealed record DeliveredRun(string Run, string Namespace, string Pod, string Role, DateTimeOffset SeenAt, DateTimeOffset At, int Attempts);

/// <summary>How often something failed.</summary>
/// <param name="Of">What failed: push, vault, watch, ledger or theft.</param>
/// <param name="Reason">Why it failed, as the label of the metric says; for theft: wrapping-tokens-found-used.</param>
/// <param name="Count">How often it failed since the member started.</param>
internal sealed record FailureCount(string Of, string Reason, long Count);

/// <summary>What only the leader knows.</summary>
/// <param name="Watching">Whether pods were listed, or a watch was answered, since it began to lead.</param>
/// <param name="InterruptedAt">Since when the watch is interrupted; null: it is not.</param>
/// <param name="Store">Where the ledger is stored.</param>
/// <param name="Bytes">The ledger's size at its last write; 0: not known.</param>
/// <param name="WrittenAt">When it was last written; null: not known.</param>
/// <param name="Pending">Runs that are to get their secret.</param>
/// <param name="Delivered">Runs that have it.</param>
/// <param name="Cancelled">Runs that are over.</param>
/// <param name="NextDeliveryAt">When the next run that has its secret is to get another; null: none is.</param>
internal sealed record LeaderStatus(
    bool Watching, DateTimeOffset? InterruptedAt, string Store, long Bytes, DateTimeOffset? WrittenAt, int Pending, int Delivered, int Cancelled, DateTimeOffset? NextDeliveryAt);
