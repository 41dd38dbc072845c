using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Akka.Actor;
using Akka.Serialization;
using AkkaVault.Controller.Pods.Runs;

namespace AkkaVault.Controller.Pods;

/// <summary>
/// Serializes everything of ours that crosses nodes or is stored: JSON with a short manifest a type. The manifests are part of
/// the stored format: never change one, add.
/// </summary>
/// <param name="system">The actor system.</param>
public sealed class PodWireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static readonly FrozenDictionary<string, JsonTypeInfo> ByManifest = new Dictionary<string, JsonTypeInfo>
    {
        ["drive"] = PodWireJson.Default.DriveRun,
        ["drop"] = PodWireJson.Default.DropRun,
        ["settle"] = PodWireJson.Default.SettleRun,
        ["issued"] = PodWireJson.Default.RunIssued,
        ["delivered"] = PodWireJson.Default.RunDelivered,
        ["progressed"] = PodWireJson.Default.RunProgressed,
        ["ended"] = PodWireJson.Default.RunEnded,
        ["let-go"] = PodWireJson.Default.RunLetGo,
        ["e-accepted"] = PodWireJson.Default.Accepted,
        ["e-issued"] = PodWireJson.Default.Issued,
        ["e-delivered"] = PodWireJson.Default.Delivered,
        ["e-abandoned"] = PodWireJson.Default.Abandoned,
        ["e-released"] = PodWireJson.Default.Released,
        ["e-reached"] = PodWireJson.Default.Reached,
        ["snapshot"] = PodWireJson.Default.LedgerSnapshot,
        ["ask-runs"] = PodWireJson.Default.AskRuns,
        ["runs-part"] = PodWireJson.Default.RunsPart,
        ["find-shard"] = PodWireJson.Default.FindShard,
        ["shard-found"] = PodWireJson.Default.ShardFound,
        ["shards-will-move"] = PodWireJson.Default.ShardsWillMove,
        ["recall-shards"] = PodWireJson.Default.RecallShards,
        ["shards-known"] = PodWireJson.Default.ShardsKnown,
        ["ask-reach"] = PodWireJson.Default.AskReach,
        ["reach"] = PodWireJson.Default.ReachAnswer,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<Type, string> ManifestOf =
        ByManifest.ToFrozenDictionary(pair => pair.Value.Type, pair => pair.Key);

    /// <summary>Identifies this serializer on the wire and in the journal.</summary>
    public override int Identifier => 48_858;

    /// <inheritdoc/>
    public override string Manifest(object o) => ManifestOf.TryGetValue(o.GetType(), out var manifest)
        ? manifest
        : throw new ArgumentException($"{o.GetType()} has no manifest", nameof(o));

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => JsonSerializer.SerializeToUtf8Bytes(obj, ByManifest[Manifest(obj)]);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => ByManifest.TryGetValue(manifest, out var type)
        ? JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException($"null is no {manifest}")
        : throw new ArgumentException($"unknown manifest {manifest}; was this written by a newer version?", nameof(manifest));
}

/// <summary>The stored form of a <see cref="Ledger"/>.</summary>
/// <param name="Cursor">See <see cref="Ledger.Cursor"/>.</param>
/// <param name="Entries">All runs.</param>
public sealed record LedgerSnapshot(string Cursor, IReadOnlyList<LedgerEntry> Entries) : IPodWire
{
    /// <summary>The stored form.</summary>
    public static LedgerSnapshot Of(Ledger ledger) => new(ledger.Cursor, [.. ledger.Entries]);

    /// <summary>The ledger again.</summary>
    public Ledger ToLedger() => Entries.Aggregate(Ledger.Empty with { Cursor = Cursor }, (ledger, entry) => ledger.With(entry));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(DriveRun))]
[JsonSerializable(typeof(DropRun))]
[JsonSerializable(typeof(SettleRun))]
[JsonSerializable(typeof(RunIssued))]
[JsonSerializable(typeof(RunDelivered))]
[JsonSerializable(typeof(RunProgressed))]
[JsonSerializable(typeof(RunEnded))]
[JsonSerializable(typeof(RunLetGo))]
[JsonSerializable(typeof(Accepted))]
[JsonSerializable(typeof(Issued))]
[JsonSerializable(typeof(Delivered))]
[JsonSerializable(typeof(Abandoned))]
[JsonSerializable(typeof(Released))]
[JsonSerializable(typeof(Reached))]
[JsonSerializable(typeof(LedgerSnapshot))]
[JsonSerializable(typeof(AskRuns))]
[JsonSerializable(typeof(RunsPart))]
[JsonSerializable(typeof(FindShard))]
[JsonSerializable(typeof(ShardFound))]
[JsonSerializable(typeof(ShardsWillMove))]
[JsonSerializable(typeof(RecallShards))]
[JsonSerializable(typeof(ShardsKnown))]
[JsonSerializable(typeof(AskReach))]
[JsonSerializable(typeof(ReachAnswer))]
internal sealed partial class PodWireJson : JsonSerializerContext;
