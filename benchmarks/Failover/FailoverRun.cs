using AkkaVault.Sandbox.Chaos;

namespace AkkaVault.Benchmarks.Failover;

/// <summary>What one run measured.</summary>
/// <param name="Undisturbed">A pod alone, from running to served; the median of some, with the cluster whole.</param>
/// <param name="LeaderKilled">From SIGKILL to the leader until the next pod was served.</param>
/// <param name="OtherKilled">From SIGKILL to another until the last of the pods that were in hand there was served.</param>
/// <param name="Stopping">Pods that arrived while the leader got SIGTERM.</param>
/// <param name="LeaderHeld">From SIGSTOP to the leader until the next pod was served.</param>
/// <param name="Partition">The leader cut off from the other controllers and from nobody else; null: not possible on this machine.</param>
internal sealed record FailoverRun(TimeSpan Undisturbed, TimeSpan LeaderKilled, TimeSpan OtherKilled, Stopping Stopping, TimeSpan LeaderHeld, Partition? Partition);

/// <summary>The leader cut off from the other controllers, and let through again when it had ended.</summary>
/// <param name="Served">From the first lost packet until the next pod was served.</param>
/// <param name="Ended">From the first lost packet until the old leader had ended.</param>
/// <param name="Whole">From healing until all three were one cluster again.</param>
internal sealed record Partition(TimeSpan Served, TimeSpan Ended, TimeSpan Whole);

/// <summary>Pods that arrived while the leader got SIGTERM.</summary>
/// <param name="UndisturbedLatest">The longest that a pod took before, at the same rate.</param>
/// <param name="Latest">The longest that a pod took from then on.</param>
/// <param name="Delivery">What became of all of them.</param>
internal sealed record Stopping(TimeSpan UndisturbedLatest, TimeSpan Latest, DeliveryAudit Delivery);
