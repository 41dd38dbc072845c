namespace AkkaVault.Controller.Cluster;

/// <summary>
/// The times of Akka's cluster. They were measured on a machine with two cores, and are stable under a load of 60. With Akka's
/// defaults it takes 46 s to move a singleton from a killed node.
/// </summary>
internal static class ClusterTimings
{
    public const string Hocon = """
        akka {
          loglevel = INFO
          log-dead-letters = off
          # Akka's own scheduler wakes at each tick, this one when something is due. Nothing is due more often than every 50 ms.
          scheduler.implementation = "AkkaVault.Controller.Scheduling.DedicatedThreadScheduler, AkkaVault.Controller"
          scheduler.tick-duration = 50ms
          # The host stops the actor system.
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          log-dead-letters-during-shutdown = off
          # An attempt to connect that began before a network healed cannot succeed any more, and blocks that address until it has timed
          # out and the gate has opened again. With the defaults (15 s, 5 s) a node that is back would be taken for unreachable.
          remote {
            retry-gate-closed-for = 200ms
            # When two nodes connect to each other at the same moment and one attempt fails, one direction can end up unread. So each
            # node writes to the connections that it has opened, and reads the others.
            use-passive-connections = off
            dot-netty.tcp.connection-timeout = 3s
          }
          cluster {
            gossip-interval = 100ms
            leader-actions-interval = 100ms
            unreachable-nodes-reaper-interval = 100ms
            seed-node-timeout = 1s
            periodic-tasks-initial-delay = 100ms
            retry-unsuccessful-join-after = 1s
            # A new leader does not wait for a removed one to notice its removal: most are dead, and their writes are rejected.
            down-removal-margin = 20ms
            min-nr-of-members = 1
            failure-detector {
              heartbeat-interval = 250ms
              acceptable-heartbeat-pause = 2s
            }
            split-brain-resolver {
              stable-after = 1500ms
              # With the default, 5 s in all, a network that flaps for so long would end every controller at once.
              down-all-when-unstable = 20s
            }
            singleton.hand-over-retry-interval = 200ms
            sharding {
              state-store-mode = ddata
              remember-entities = off
              # An entity with a pending run gets a message every few seconds, but none while the ledger cannot be stored: it must
              # outlast an outage of the API server. An idle entity is small.
              passivate-idle-entity-after = 30m
              rebalance-interval = 1s
              retry-interval = 100ms
              # Pod actors stop within a second. When a message of the hand-off is lost, the shard's pods wait this long.
              handoff-timeout = 3s
              coordinator-failure-backoff = 200ms
              waiting-for-state-timeout = 500ms
              updating-state-timeout = 1s
              # A majority: a write to nearly all nodes would wait for a node that has just died until the timeout.
              coordinator-state.write-majority-plus = 0
              coordinator-state.read-majority-plus = 1
              distributed-data.majority-min-cap = 2
              distributed-data.durable.keys = []
              # The coordinator writes to a majority itself; gossip only repairs what a member has missed.
              distributed-data.gossip-interval = 2s
            }
          }
        }
        """;

    /// <summary>For a node without others: it has nobody to gossip with or to watch, so it need not wake so often.</summary>
    public const string Standalone = """
        akka.cluster {
          gossip-interval = 1s
          leader-actions-interval = 250ms
          unreachable-nodes-reaper-interval = 250ms
          failure-detector.heartbeat-interval = 1s
          sharding.retry-interval = 250ms
        }
        """;
}
