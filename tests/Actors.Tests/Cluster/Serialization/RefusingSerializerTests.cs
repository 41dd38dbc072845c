using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using AkkaVault.Controller.Cluster.Serialization;
using AkkaVault.Controller.Deliveries;

namespace AkkaVault.Actors.Tests.Cluster.Serialization;

public sealed class RefusingSerializerTests : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("refusing", ConfigurationFactory.ParseString(RefusingSerializer.Hocon));

    public void Dispose() => _system.Dispose();

    public sealed record Unknown(string Text);

    [Fact]
    public void What_has_no_serializer_of_its_own_is_not_written()
    {
        Assert.Throws<SerializationException>(() => _system.Serialization.FindSerializerForType(typeof(Unknown)));
        Assert.Throws<SerializationException>(() => _system.Serialization.FindSerializerForType(typeof(AssignRun)));
    }

    [Fact]
    public void What_the_default_serializer_wrote_elsewhere_is_not_read()
    {
        using var trusting = ActorSystem.Create("trusting");
        var written = trusting.Serialization.FindSerializerFor(new Unknown("x"));
        Assert.Equal(1, written.Identifier);
        Assert.Throws<SerializationException>(() => _system.Serialization.Deserialize(written.ToBinary(new Unknown("x")), written.Identifier, typeof(Unknown)));
    }
}
