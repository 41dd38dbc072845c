using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace AkkaVault.Controller.Cluster.Serialization;

/// <summary>
/// In the place of Akka's default serializer, which writes type names and makes whatever they name: refuses both ways, so that
/// nothing crosses nodes that has no serializer of its own, and nobody can have a type made by naming it.
/// </summary>
internal sealed class RefusingSerializer : Serializer
{
    /// <summary>Made by Akka, with the default serializer's settings, which are of no use here.</summary>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system) => _ = settings;

    /// <summary>The default serializer's.</summary>
    public override int Identifier => 1;

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <summary>The configuration that puts it there.</summary>
    public static string Hocon => $$"""
        akka.actor {
          serializers.json = "{{typeof(RefusingSerializer).FullName}}, {{typeof(RefusingSerializer).Assembly.GetName().Name}}"
          serialization-settings.allow-unregistered-types = off
        }
        """;

    /// <inheritdoc/>
    /// <exception cref="SerializationException">Always.</exception>
    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType()} has no serializer of its own: it is not sent");

    /// <inheritdoc/>
    /// <exception cref="SerializationException">Always.</exception>
    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException("a message of the default serializer is not read");
}
