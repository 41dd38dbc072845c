using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>The mounts: auth methods below <c>auth/</c>, secrets engines elsewhere.</summary>
internal sealed class Mounts(TokenStore tokens, LeaseStore leases, SecretSource secrets, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, IAuthMethod> methods = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ISecretsEngine> engines = new(StringComparer.Ordinal);

    /// <summary>The auth method that the path names, by the segments after <c>auth</c>.</summary>
    public IAuthMethod? AuthMethod(ReadOnlySpan<string> segments, out int length) => Find(methods, segments, out length);

    /// <summary>The secrets engine whose mount the segments start with.</summary>
    public ISecretsEngine? Engine(ReadOnlySpan<string> segments, out int length) => Find(engines, segments, out length);

    /// <summary>The engines of one kind.</summary>
    public IEnumerable<T> Engines<T>() => engines.Values.OfType<T>();

    /// <summary><c>sys/auth</c> and <c>sys/auth/:path</c>.</summary>
    public VaultAnswer HandleAuth(VaultRequest request, ReadOnlySpan<string> rest)
    {
        if (rest.Length == 0 && request.Reads) return Listed(methods.Select(mount => (mount.Key, mount.Value.Type)).Append(("token", "token")));
        var path = string.Join('/', rest!);
        if (path.Length == 0 || request.Reads || request.Lists) throw VaultRefusal.UnsupportedOperation;
        if (request.Deletes)
        {
            methods.TryRemove(path, out _);
            return VaultAnswer.NoContent;
        }

        var type = Typed(request);
        if (type == "token") throw new VaultRefusal(400, "token credential backend cannot be instantiated");
        var logins = new LoginTokens(tokens, secrets, time);
        IAuthMethod method = type switch
        {
            "approle" => new AppRoleBackend(secrets, logins, time),
            "kubernetes" => new KubernetesBackend(logins, time),
            _ => throw new VaultRefusal(400, $"plugin not found in the catalog: {type}"),
        };
        RequireFree(methods.Keys.Append("token"), path);
        methods[path] = method;
        return VaultAnswer.NoContent;
    }

    /// <summary><c>sys/mounts</c> and <c>sys/mounts/:path</c>.</summary>
    public VaultAnswer HandleSecrets(VaultRequest request, ReadOnlySpan<string> rest)
    {
        if (rest.Length == 0 && request.Reads) return Listed(engines.Select(mount => (mount.Key, mount.Value.Type)).Append(("sys", "system")));
        var path = string.Join('/', rest!);
        if (path.Length == 0 || request.Reads || request.Lists) throw VaultRefusal.UnsupportedOperation;
        if (request.Deletes)
        {
            engines.TryRemove(path, out _);
            return VaultAnswer.NoContent;
        }

        if (path.Split('/')[0] is "sys" or "auth" or "audit" or "cubbyhole" or "identity") throw new VaultRefusal(403, $"cannot mount \"{path}/\"");
        var type = Typed(request);
        var engine = Engine(type, path, request.Data);
        RequireFree(engines.Keys, path);
        engines[path] = engine;
        return VaultAnswer.NoContent;
    }

    private ISecretsEngine Engine(string type, string path, RequestData data)
    {
        var max = data.Below("config").Span("max_lease_ttl") is { Ticks: > 0 } given ? given : TokenBackend.SystemMaxTtl;
        return type switch
        {
            "pki" => new PkiBackend(path, secrets, time, max),
            "kv" when data.Below("options").Text("version") == "2" => new VersionedKvBackend(time),
            "kv-v2" => new VersionedKvBackend(time),
            "kv" or "kv-v1" => new KvBackend(),
            "database" => new DatabaseBackend(leases, secrets, time),
            _ => throw new VaultRefusal(400, $"plugin not found in the catalog: {type}"),
        };
    }

    private static string Typed(VaultRequest request) =>
        request.Data.Text("type") is { Length: > 0 } type ? type : throw new VaultRefusal(400, "backend type must be specified as a string");

    /// <summary>Nothing may be mounted at the path, below it or above it.</summary>
    private static void RequireFree(IEnumerable<string> taken, string path)
    {
        var conflict = taken.FirstOrDefault(other =>
            $"{path}/".StartsWith($"{other}/", StringComparison.Ordinal) || $"{other}/".StartsWith($"{path}/", StringComparison.Ordinal));
        if (conflict is not null) throw new VaultRefusal(400, $"path is already in use at {conflict}/");
    }

    private static T? Find<T>(ConcurrentDictionary<string, T> mounts, ReadOnlySpan<string> segments, out int length)
        where T : class
    {
        // A mount may have several segments. Most have one, so try that first.
        for (length = 1; length <= segments.Length; length++)
        {
            var path = length == 1 ? segments[0] : string.Join('/', segments[..length]!);
            if (mounts.TryGetValue(path, out var found)) return found;
        }

        return null;
    }

    private static VaultAnswer Listed(IEnumerable<(string Path, string Type)> mounts) => VaultAnswer.OfData(new JsonObject(
        mounts.OrderBy(mount => mount.Path, StringComparer.Ordinal)
            .Select(mount => KeyValuePair.Create(mount.Path + "/", (JsonNode?)new JsonObject { ["type"] = mount.Type }))));
}
