using Akka;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Hosting.SBR;
using Akka.Hosting;
using AkkaVault.Controller.Cluster.Leases;
using AkkaVault.Controller.Cluster.LocalHealth;
using AkkaVault.Controller.Configuration;

namespace AkkaVault.Controller.Cluster.Downing;

/// <summary>How unreachable members are taken out of the cluster.</summary>
internal static class DowningExtensions
{
    /// <summary>Adds clustering with the split-brain resolver that the configuration asks for.</summary>
    public static AkkaConfigurationBuilder WithDowning(this AkkaConfigurationBuilder akka, ClusterSettings? cluster, KubernetesSettings kubernetes) =>
        cluster?.Downing is DowningStrategy.LeaseMajority
            ? akka.WithClustering(new ClusterOptions()).AddHocon(KubernetesLease.Hocon(kubernetes.ServiceNamespace, kubernetes.LeaseName), HoconAddMode.Prepend)
            : akka.WithClustering(new ClusterOptions { SplitBrainResolver = new KeepMajorityOption() });

    /// <summary>
    /// Downs a member whose process has ended without waiting for missed heartbeats, judges no member while this process itself is
    /// paused, and ends this process when the others have removed it.
    /// </summary>
    public static AkkaConfigurationBuilder WithFailureDetection(this AkkaConfigurationBuilder akka) => akka
        .AddHocon($"akka.cluster.failure-detector.implementation-class = \"{ProbingFailureDetector.ClassName}\"", HoconAddMode.Prepend)
        // A process that learns right after a pause that it was downed would otherwise not observe the pause any more.
        .AddStartup((system, _) => CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "observe-pause", () =>
        {
            LocalHealthMonitor.Of(system.EventStream).Observe();
            return Task.FromResult(Done.Instance);
        }))
        .WithActors((system, _, resolver) => system.ActorOf(resolver.Props<ProcessProbeActor>(), "process-probe"))
        .WithActors((system, _, resolver) => system.ActorOf(resolver.Props<QuarantineNoticeActor>(), "quarantine-notices"));
}
