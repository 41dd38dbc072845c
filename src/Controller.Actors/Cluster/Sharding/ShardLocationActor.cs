using Akka.Actor;
using Akka.Cluster.Sharding;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Cluster.Sharding;

/// <summary>The entity of a shard that says where the shard is. It does not stay.</summary>
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
