using AkkaVault.Sandbox.Chaos;

namespace AkkaVault.Benchmarks.Failover;

/// <summary>The times of one run.</summary>
/// <param name="Undisturbed">A single pod, from running to served, while the cluster is whole; the median of several pods.</param>
/// <param name="LeaderKilled">From the leader's SIGKILL until the next pod was served.</param>
/// <param name="OtherKilled">From another controller's SIGKILL until the last of its pending runs was served.</param>
/// <param name="Stopping">The pods that arrived when the leader got SIGTERM.</param>
/// <param name="LeaderHeld">From the leader's SIGSTOP until the next pod was served.</param>
/// <param name="Partition">The leader cut off from the other controllers only; null: this is not possible on this machine.</param>
internal sealed record FailoverRun(TimeSpan Undisturbed, TimeSpan LeaderKilled, TimeSpan OtherKilled, Stopping Stopping, TimeSpan LeaderHeld, Partition? Partition);

/// <summary>The times when the leader was cut off from the other controllers, and connected again after it had ended.</summary>
/// <param name="Served">From the first lost packet until one of the other controllers had served a pod.</param>
/// <param name="Ended">From the first lost packet until the old leader had ended.</param>
/// <param name="Whole">From the end of the partition until all three controllers were one cluster again.</param>
internal sealed record Partition(TimeSpan Served, TimeSpan Ended, TimeSpan Whole);

/// <summary>The pods that arrived when the leader got SIGTERM.</summary>
/// <param name="UndisturbedLatest">The longest time from running to served before SIGTERM, at the same rate of pods.</param>
/// <param name="Latest">The longest time from running to served after SIGTERM.</param>
/// <param name="Delivery">The audit of all these pods.</param>
internal sealed record Stopping(TimeSpan UndisturbedLatest, TimeSpan Latest, DeliveryAudit Delivery);
