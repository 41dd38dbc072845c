using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// A mount of the KV secrets engine, version 2: secrets are below <c>data/</c>, and each write makes a version
/// (https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2). The recordings have no such mount; the messages are those of the engine's source.
/// </summary>
internal sealed class VersionedKvBackend(TimeProvider time) : ISecretsEngine
{
    private static readonly IReadOnlyDictionary<string, string> VersionTwo = new Dictionary<string, string> { ["version"] = "2" };

    private readonly ConcurrentDictionary<string, IReadOnlyList<Version>> secrets = new(StringComparer.Ordinal);

    private sealed record Version(string Data, DateTimeOffset CreatedAt, DateTimeOffset? DeletedAt)
    {
        /// <summary>Leaves the secret out.</summary>
        public override string ToString() => $"Version {{ CreatedAt = {CreatedAt} }}";
    }

    /// <inheritdoc/>
    public string Type => "kv";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Options => VersionTwo;

    /// <inheritdoc/>
    public bool? Exists(ReadOnlySpan<string> rest) => rest is ["data", _, ..] ? secrets.ContainsKey(string.Join('/', rest[1..]!)) : null;

    /// <inheritdoc/>
    public VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> rest, TokenEntry? caller)
    {
        if (rest is not ["data" or "metadata", ..]) return Invalid(request);
        var name = string.Join('/', rest[1..]!);
        if (rest[0] == "metadata")
        {
            if (request.Lists) return VaultAnswer.Keys(KvNames.Below(secrets.Keys, name));
            if (!request.Deletes) throw VaultRefusal.UnsupportedOperation;
            secrets.TryRemove(name, out _);
            return VaultAnswer.NoContent;
        }

        if (name.Length == 0) return Warned("Non-listing operations on the root of a K/V v2 mount are not supported.");
        if (request.Reads) return Read(name);
        if (request.Deletes) return Delete(name);
        return request.Writes ? Write(name, request.Data) : throw VaultRefusal.UnsupportedOperation;
    }

    private VaultAnswer Read(string name)
    {
        if (!secrets.TryGetValue(name, out var versions)) throw VaultRefusal.NotFound;
        var latest = versions[^1];
        var data = new JsonObject
        {
            ["data"] = latest.DeletedAt is null ? JsonNode.Parse(latest.Data) : null,
            ["metadata"] = Metadata(latest, versions.Count),
        };
        // The answer for a deleted version is 404, with the metadata of the version.
        return new VaultAnswer { Data = data, Status = latest.DeletedAt is null ? 200 : 404 };
    }

    private VaultAnswer Write(string name, RequestData data)
    {
        if (!data.Has("data")) throw new VaultRefusal(400, "no data provided");
        var written = new Version(data.Below("data").Whole.ToJsonString(), time.GetUtcNow(), null);
        var versions = secrets.AddOrUpdate(name, [written], (_, before) => [.. before, written]);
        return VaultAnswer.OfData(Metadata(written, versions.Count));
    }

    private VaultAnswer Delete(string name)
    {
        if (secrets.TryGetValue(name, out var versions)) secrets[name] = [.. versions.SkipLast(1), versions[^1] with { DeletedAt = time.GetUtcNow() }];
        return VaultAnswer.NoContent;
    }

    private static JsonObject Metadata(Version version, int number) => new()
    {
        ["created_time"] = Json.Time(version.CreatedAt),
        ["deletion_time"] = version.DeletedAt is { } deleted ? Json.Time(deleted) : "",
        ["destroyed"] = false,
        ["version"] = number,
    };

    private static VaultAnswer Invalid(VaultRequest request)
    {
        var verb = request.Reads ? "get" : request.Lists ? "list" : request.Deletes ? "delete" : "put";
        return Warned($"Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If using the Vault CLI, use 'vault kv {verb}' for this operation.");
    }

    private static VaultAnswer Warned(string warning) => new() { Status = 404, Warnings = [warning] };
}
