namespace AkkaVault.Controller.Ledger.Storage.ConfigMap;

/// <summary>A serialized object, with what is needed to read it again.</summary>
/// <param name="Serializer">The serializer's identifier.</param>
/// <param name="Manifest">What it is to that serializer.</param>
/// <param name="Bytes">The object; never changed.</param>
internal sealed record StoredPayload(int Serializer, string Manifest, byte[] Bytes);

/// <summary>An event in the ledger's object.</summary>
/// <param name="SequenceNr">Its sequence number.</param>
/// <param name="Timestamp">When it was written, in ticks, UTC.</param>
/// <param name="Writer">The incarnation of the persistent actor.</param>
/// <param name="Manifest">What an event adapter left for itself.</param>
/// <param name="Payload">The event.</param>
internal sealed record StoredEvent(long SequenceNr, long Timestamp, string Writer, string Manifest, StoredPayload Payload);

/// <summary>A snapshot in the ledger's object.</summary>
/// <param name="SequenceNr">The last event in it.</param>
/// <param name="Timestamp">When it was taken, UTC.</param>
/// <param name="Payload">The snapshot; its bytes are compressed, once, because each write repeats them.</param>
internal sealed record StoredSnapshot(long SequenceNr, DateTime Timestamp, StoredPayload Payload);
