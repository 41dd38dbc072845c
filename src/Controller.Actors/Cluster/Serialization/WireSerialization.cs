using Akka.Hosting;
using AkkaVault.Controller.Common;

namespace AkkaVault.Controller.Cluster.Serialization;

/// <summary>Which messages cross nodes.</summary>
internal static class WireSerialization
{
    /// <summary>Serializes this program's messages, and refuses every message that has no serializer of its own.</summary>
    public static AkkaConfigurationBuilder WithWireSerialization(this AkkaConfigurationBuilder akka) => akka
        .AddHocon(RefusingSerializer.Hocon, HoconAddMode.Prepend)
        .WithCustomSerializer("pods", [typeof(IWireMessage)], system => new WireSerializer(system));
}
