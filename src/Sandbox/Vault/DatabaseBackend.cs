using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// A mount of the database secrets engine, without a database: each read of <c>creds/:role</c> gives a new user with a lease
/// (https://developer.hashicorp.com/vault/api-docs/secret/databases). The recordings have no such mount; the messages are those of the engine's source.
/// </summary>
internal sealed class DatabaseBackend(LeaseStore leases, SecretSource secrets, TimeProvider time) : ISecretsEngine
{
    private const int LongestName = 63;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private readonly ConcurrentDictionary<string, JsonObject> connections = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Role> roles = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string Password, string LeaseId)> users = new(StringComparer.Ordinal);

    private sealed record Role(string DbName, LeaseTerms Terms, IReadOnlyList<string> CreationStatements);

    /// <inheritdoc/>
    public string Type => "database";

    /// <summary>Whether the database would let this user in: the password is right, and the user's lease lives.</summary>
    public bool IsLive(string username, string password) =>
        users.TryGetValue(username, out var user) && user.Password == password && leases.IsAlive(user.LeaseId);

    /// <inheritdoc/>
    public VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> rest, TokenEntry? caller)
    {
        if (rest is ["config" or "roles" or "creds", var named, ..]) GenericName.Require(named);
        switch (rest)
        {
            case ["config", var name]: return Configure(request, name);
            case ["roles"] when request.Lists: return VaultAnswer.Keys(roles.Keys.Order(StringComparer.Ordinal));
            case ["roles", var name]: return Define(request, name);
            case ["creds", var name] when request.Reads: return Create(request, name, caller!);
            case ["config" or "roles" or "creds", ..]: throw VaultRefusal.UnsupportedOperation;
            default: throw VaultRefusal.UnsupportedPath;
        }
    }

    private VaultAnswer Configure(VaultRequest request, string name)
    {
        if (request.Reads) return VaultAnswer.OfData((connections.GetValueOrDefault(name) ?? throw VaultRefusal.NotFound).DeepClone().AsObject());
        if (request.Deletes) connections.TryRemove(name, out _);
        else if (request.Writes) connections[name] = new JsonObject { ["plugin_name"] = request.Data.Text("plugin_name") ?? "" };
        else throw VaultRefusal.UnsupportedOperation;
        return VaultAnswer.NoContent;
    }

    private VaultAnswer Define(VaultRequest request, string name)
    {
        if (request.Reads)
        {
            var found = roles.GetValueOrDefault(name) ?? throw VaultRefusal.NotFound;
            return VaultAnswer.OfData(new JsonObject
            {
                ["creation_statements"] = Json.List(found.CreationStatements),
                ["db_name"] = found.DbName,
                ["default_ttl"] = Json.Seconds(found.Terms.Ttl),
                ["max_ttl"] = Json.Seconds(found.Terms.MaxTtl),
                ["renew_statements"] = new JsonArray(),
                ["revocation_statements"] = new JsonArray(),
                ["rollback_statements"] = new JsonArray(),
            });
        }

        if (request.Deletes)
        {
            roles.TryRemove(name, out _);
            return VaultAnswer.NoContent;
        }

        if (!request.Writes) throw VaultRefusal.UnsupportedOperation;
        var database = request.Data.Text("db_name") is { Length: > 0 } given ? given : throw new VaultRefusal(400, "database name is required");
        var terms = new LeaseTerms(request.Data.Span("default_ttl") ?? TimeSpan.Zero, request.Data.Span("max_ttl") ?? TimeSpan.Zero);
        roles[name] = new Role(database, terms, request.Data.Texts("creation_statements") ?? []);
        return VaultAnswer.NoContent;
    }

    private VaultAnswer Create(VaultRequest request, string name, TokenEntry caller)
    {
        var role = roles.GetValueOrDefault(name) ?? throw new VaultRefusal(400, $"unknown role: {name}");
        if (!connections.ContainsKey(role.DbName)) throw new VaultRefusal(500, VaultRefusal.OneError($"failed to find entry for connection with name: \"{role.DbName}\""));
        var username = $"v-{Cut(caller.DisplayName)}-{Cut(name)}-{RandomNumberGenerator.GetString(Letters, 20)}-{time.GetUtcNow().ToUnixTimeSeconds()}";
        if (username.Length > LongestName) username = username[..LongestName];
        var password = secrets.Remember($"A1a-{RandomNumberGenerator.GetString(Letters, 16)}");
        var answer = leases.Issue(
            request, caller, new JsonObject { ["password"] = password, ["username"] = username }, renewable: true,
            () => (roles.GetValueOrDefault(name) ?? throw new VaultRefusal(400, $"could not find role with name: {name}")).Terms);
        users[username] = (password, answer.LeaseId);
        return answer;
    }

    private static string Cut(string text) => text.Length > 8 ? text[..8] : text;
}
