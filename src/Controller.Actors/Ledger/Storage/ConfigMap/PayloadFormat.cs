using Akka.Actor;

namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>Events and snapshots as bytes, by the serializers that the actor system has for them.</summary>
/// <param name="system">The actor system.</param>
internal sealed class PayloadFormat(ActorSystem system)
{
    private readonly Akka.Serialization.Serialization _serialization = system.Serialization;

    public StoredPayload Write(object payload)
    {
        var serializer = _serialization.FindSerializerFor(payload);
        return new StoredPayload(serializer.Identifier, Akka.Serialization.Serialization.ManifestFor(serializer, payload), serializer.ToBinary(payload));
    }

    public object Read(StoredPayload payload) => _serialization.Deserialize(payload.Bytes, payload.Serializer, payload.Manifest);
}
