using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace AkkaVault.Controller.Cluster.Serialization;

/// <summary>
/// Replaces Akka's default serializer, which writes type names and creates objects of the types that it reads. This one refuses both:
/// no message without a serializer of its own crosses nodes, and no sender can have an object of any type created.
/// </summary>
internal sealed class RefusingSerializer : Serializer
{
    /// <summary>Called by Akka, by reflection, with the default serializer's settings.</summary>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system) => _ = settings;

    /// <summary>The default serializer's number.</summary>
    public override int Identifier => 1;
    public override bool IncludeManifest => false;

    public static string Hocon => $$"""
        akka.actor {
          serializers.json = "{{typeof(RefusingSerializer).FullName}}, {{typeof(RefusingSerializer).Assembly.GetName().Name}}"
          serialization-settings.allow-unregistered-types = off
        }
        """;

    /// <exception cref="SerializationException">Always.</exception>
    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType()} has no serializer of its own: it is not sent");

    /// <exception cref="SerializationException">Always.</exception>
    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException("a message of the default serializer is not read");
}
