namespace AkkaVault.Controller.Cluster;

/// <summary>
/// How fast the cluster moves: measured on a two-core machine, stable under a load of 60 (see ../shared/akka-notes.md), where
/// Akka's defaults take 46 s to move a singleton from a killed node.
/// </summary>
internal static class ClusterTimings
{
    public const string Hocon = """
        akka {
          loglevel = INFO
          log-dead-letters = off
          # The host stops the system, in its own time.
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          log-dead-letters-during-shutdown = off
          # What an attempt to connect waits for is long lost when a network heals, and nothing gets through to that address before it
          # has failed and the gate has opened again: by the defaults (15 s, 5 s) who is just back is taken for unreachable.
          remote {
            retry-gate-closed-for = 200ms
            # Two that connect to each other at the same moment, and fail once, can end with one direction that nobody reads. So each
            # writes to the connections that it has opened, and reads the others.
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
            # No wait for a removed leader to notice that it is: what it still stores or pushes is harmless, and most are dead.
            down-removal-margin = 20ms
            min-nr-of-members = 1
            failure-detector {
              heartbeat-interval = 250ms
              acceptable-heartbeat-pause = 2s
            }
            split-brain-resolver {
              stable-after = 1500ms
              # The default, 5 s in all, would end every controller at once where the network flaps for that long.
              down-all-when-unstable = 20s
            }
            singleton.hand-over-retry-interval = 200ms
            sharding {
              state-store-mode = ddata
              remember-entities = off
              # An entity with work is re-driven every few seconds, but not while the ledger cannot be stored: it must outlive an
              # API server that is away. One without work is small.
              passivate-idle-entity-after = 30m
              rebalance-interval = 1s
              retry-interval = 100ms
              # Pod actors stop within a second. When a message of a move got lost, the shard's pods wait for no longer than this.
              handoff-timeout = 3s
              coordinator-failure-backoff = 200ms
              waiting-for-state-timeout = 500ms
              updating-state-timeout = 1s
              # A majority, not nearly all: else what is being written when a node dies waits for its answer until the timeout.
              coordinator-state.write-majority-plus = 0
              coordinator-state.read-majority-plus = 1
              distributed-data.majority-min-cap = 2
              distributed-data.durable.keys = []
              distributed-data.gossip-interval = 200ms
            }
          }
        }
        """;
}
