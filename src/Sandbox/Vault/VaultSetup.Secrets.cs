using System.Text.Json.Nodes;
using AkkaVault.Shared;

namespace AkkaVault.Sandbox.Vault;

/// <summary>The secrets that applications read: KV and database users.</summary>
public sealed partial class VaultSetup
{
    private const string Connection = "main";

    /// <summary>Mounts a KV engine.</summary>
    /// <param name="mount">The path of the mount, for example <c>secret</c>.</param>
    /// <param name="version">1 or 2.</param>
    public void EnableKv(string mount, int version) => Do("POST", $"sys/mounts/{mount}", new JsonObject
    {
        ["type"] = "kv",
        ["options"] = new JsonObject { ["version"] = $"{version}" },
    });

    /// <summary>Writes a secret, or another version of it.</summary>
    /// <param name="mount">A KV mount.</param>
    /// <param name="name">The secret's path below the mount, without <c>data/</c>.</param>
    /// <param name="data">The secret.</param>
    public void WriteSecret(string mount, string name, IReadOnlyDictionary<string, string> data)
    {
        var isVersioned = state.Mounts.Engine(mount.Split('/'), out _) is VersionedKvBackend;
        Do("POST", isVersioned ? $"{mount}/data/{name}" : $"{mount}/{name}", isVersioned ? new JsonObject { ["data"] = Json.Map(data) } : Json.Map(data));
        foreach (var value in data.Values) state.Secrets.Remember(value);
    }

    /// <summary>Mounts a database engine with one connection.</summary>
    /// <param name="mount">The path of the mount, for example <c>database</c>.</param>
    public void EnableDatabase(string mount = "database")
    {
        Do("POST", $"sys/mounts/{mount}", new JsonObject { ["type"] = "database" });
        Do("POST", $"{mount}/config/{Connection}", new JsonObject { ["plugin_name"] = "postgresql-database-plugin", ["allowed_roles"] = "*" });
    }

    /// <summary>Creates or changes a role that gives out database users.</summary>
    /// <param name="name">The role.</param>
    /// <param name="ttl">How long a user lives unless its lease is renewed.</param>
    /// <param name="maxTtl">How long a user lives at most.</param>
    /// <param name="mount">The database mount.</param>
    public void CreateDatabaseRole(string name, TimeSpan ttl, TimeSpan maxTtl, string mount = "database") => Do("POST", $"{mount}/roles/{name}", new JsonObject
    {
        ["db_name"] = Connection,
        ["creation_statements"] = "CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'",
        ["default_ttl"] = GoDuration.Format(ttl),
        ["max_ttl"] = GoDuration.Format(maxTtl),
    });

    /// <summary>Revokes every lease below a path, while programs may use the leased secrets.</summary>
    public void RevokeLeases(string prefix) => state.Leases.RevokeBelow(prefix);
}
