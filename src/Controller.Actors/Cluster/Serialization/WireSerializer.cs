using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Akka.Actor;
using Akka.Serialization;
using AkkaVault.Controller.Cluster.Reachability;
using AkkaVault.Controller.Cluster.Sharding;
using AkkaVault.Controller.Deliveries;
using AkkaVault.Controller.Ledger;
using AkkaVault.Controller.Members;
using AkkaVault.Controller.Runs;

namespace AkkaVault.Controller.Cluster.Serialization;

/// <summary>
/// Serializes this program's messages and events as JSON, with a short manifest for each type. The manifests are part of the stored
/// format: add one, never change one.
/// </summary>
internal sealed class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static readonly FrozenDictionary<string, JsonTypeInfo> ByManifest = new Dictionary<string, JsonTypeInfo>
    {
        ["drive"] = WireJson.Default.AssignRun,
        ["drop"] = WireJson.Default.CancelRun,
        ["settle"] = WireJson.Default.AckRun,
        ["issued"] = WireJson.Default.RunIssued,
        ["delivered"] = WireJson.Default.RunDelivered,
        ["progressed"] = WireJson.Default.RunProgressed,
        ["ended"] = WireJson.Default.RunEnded,
        ["let-go"] = WireJson.Default.RunUnassigned,
        ["e-accepted"] = WireJson.Default.Added,
        ["e-issued"] = WireJson.Default.Issued,
        ["e-delivered"] = WireJson.Default.Delivered,
        ["e-abandoned"] = WireJson.Default.Cancelled,
        ["e-released"] = WireJson.Default.Removed,
        ["e-reached"] = WireJson.Default.Advanced,
        ["snapshot"] = WireJson.Default.LedgerSnapshot,
        ["ask-runs"] = WireJson.Default.GetRuns,
        ["runs-part"] = WireJson.Default.RunsPage,
        ["ask-status"] = WireJson.Default.GetControllerStatus,
        ["status"] = WireJson.Default.ControllerStatus,
        ["find-shard"] = WireJson.Default.FindShard,
        ["shard-found"] = WireJson.Default.ShardFound,
        ["shards-will-move"] = WireJson.Default.ShardsWillMove,
        ["recall-shards"] = WireJson.Default.RefreshShardLocations,
        ["shards-known"] = WireJson.Default.ShardLocationsKnown,
        ["ask-reach"] = WireJson.Default.GetApiServerReachability,
        ["reach"] = WireJson.Default.ApiServerReachability,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<Type, string> ManifestOf =
        ByManifest.ToFrozenDictionary(pair => pair.Value.Type, pair => pair.Key);

    /// <summary>This serializer's number in messages and in the journal.</summary>
    public override int Identifier => 48_858;

    public override string Manifest(object o) => ManifestOf.TryGetValue(o.GetType(), out var manifest)
        ? manifest
        : throw new ArgumentException($"{o.GetType()} has no manifest", nameof(o));

    public override byte[] ToBinary(object obj) => JsonSerializer.SerializeToUtf8Bytes(obj, ByManifest[Manifest(obj)]);

    public override object FromBinary(byte[] bytes, string manifest) => ByManifest.TryGetValue(manifest, out var type)
        ? JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException($"expected {manifest}, got null")
        : throw new ArgumentException($"unknown manifest {manifest}; was this written by a newer version?", nameof(manifest));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AssignRun))]
[JsonSerializable(typeof(CancelRun))]
[JsonSerializable(typeof(AckRun))]
[JsonSerializable(typeof(RunIssued))]
[JsonSerializable(typeof(RunDelivered))]
[JsonSerializable(typeof(RunProgressed))]
[JsonSerializable(typeof(RunEnded))]
[JsonSerializable(typeof(RunUnassigned))]
[JsonSerializable(typeof(Added))]
[JsonSerializable(typeof(Issued))]
[JsonSerializable(typeof(Delivered))]
[JsonSerializable(typeof(Cancelled))]
[JsonSerializable(typeof(Removed))]
[JsonSerializable(typeof(Advanced))]
[JsonSerializable(typeof(LedgerSnapshot))]
[JsonSerializable(typeof(GetRuns))]
[JsonSerializable(typeof(RunsPage))]
[JsonSerializable(typeof(GetControllerStatus))]
[JsonSerializable(typeof(ControllerStatus))]
[JsonSerializable(typeof(FindShard))]
[JsonSerializable(typeof(ShardFound))]
[JsonSerializable(typeof(ShardsWillMove))]
[JsonSerializable(typeof(RefreshShardLocations))]
[JsonSerializable(typeof(ShardLocationsKnown))]
[JsonSerializable(typeof(GetApiServerReachability))]
[JsonSerializable(typeof(ApiServerReachability))]
internal sealed partial class WireJson : JsonSerializerContext;
