using Akka.Actor;
using Akka.Cluster.Sharding;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Cluster.Sharding;

/// <summary>The entity of a shard that answers where the shard is. It passivates itself after each answer.</summary>
internal sealed class ShardLocationActor : ReceiveActor
{
    public ShardLocationActor()
    {
        Receive<FindShard>(find =>
        {
            Sender.Tell(new ShardFound(find.Shard));
            Context.Parent.Tell(new Passivate(PodActor.Stop.Instance));
        });
        Receive<PodActor.Stop>(_ => Context.Stop(Self));
    }
}
