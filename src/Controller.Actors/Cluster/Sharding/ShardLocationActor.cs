using Akka.Actor;
using Akka.Cluster.Sharding;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Controller.Cluster.Sharding;

/// <summary>The entity of a shard that says where the shard is. It does not stay.</summary>
public sealed class ShardLocationActor : ReceiveActor
{
    /// <summary>For <see cref="Props"/>.</summary>
    public ShardLocationActor()
    {
        Receive<FindShard>(find =>
        {
            Sender.Tell(new ShardFound(find.Shard));
            Context.Parent.Tell(new Passivate(PodActor.Stop.Instance));
        });
        Receive<PodActor.Stop>(_ => Context.Stop(Self));
    }

    /// <summary>How to make one.</summary>
    public static Props Props() => Akka.Actor.Props.Create(() => new ShardLocationActor());
}
