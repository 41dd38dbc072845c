using Akka.Hosting;
using Petabridge.Cmd.Cluster;
using Petabridge.Cmd.Cluster.Sharding;
using Petabridge.Cmd.Host;

namespace AkkaVault.Controller.Hosting.Management;

/// <summary>
/// The server of <c>pbm</c> (https://cmd.petabridge.com), which shows the cluster and its shards, and can down members. Compiled only
/// with <c>-p:PetabridgeCmd=true</c>.
/// </summary>
internal static class PetabridgeCmdPalettes
{
    /// <summary>Adds the server. It needs no password: only this pod's own containers reach it.</summary>
    public static AkkaConfigurationBuilder WithPetabridgeCmd(this AkkaConfigurationBuilder akka) => akka.AddPetabridgeCmd(
        new PetabridgeCmdOptions { Host = "127.0.0.1", Port = 9110 },
        cmd =>
        {
            cmd.RegisterCommandPalette(ClusterCommands.Instance);
            cmd.RegisterCommandPalette(ClusterShardingCommands.Instance);
        });
}
