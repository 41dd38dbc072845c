using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>
/// <c>sys/internal/ui/mounts/:path</c>: the mount of a path. Clients ask for it to tell KV 1 from KV 2. The recordings have no
/// such request; the messages are those of Vault's source.
/// </summary>
internal sealed class MountInfo(Mounts mounts, TokenStore tokens, PolicyStore policies)
{
    /// <summary>Answers a token whose policies grant anything at the mount or below it. Any other live token gets the same refusal whether there is a mount or not.</summary>
    public VaultAnswer Handle(VaultRequest request, ReadOnlySpan<string> path)
    {
        if (!request.Reads) throw VaultRefusal.UnsupportedOperation;
        var refusal = new VaultRefusal(403, $"preflight capability check returned 403, please ensure client's policies grant access to path \"{string.Join('/', path!)}/\"");
        if (mounts.Engine(path, out var length) is not { } engine) throw refusal;
        if (string.IsNullOrEmpty(request.Token)) throw new VaultRefusal(400, "missing client token");
        var caller = tokens.Find(request.Token) ?? throw VaultRefusal.BadToken;
        var mount = string.Join('/', path[..length]!) + "/";
        if (!policies.AllowsBelow(caller.Policies, mount)) throw refusal;
        return VaultAnswer.OfData(new JsonObject
        {
            ["accessor"] = $"{engine.Type}_{(uint)mount.GetHashCode(StringComparison.Ordinal):x8}",
            ["config"] = new JsonObject { ["default_lease_ttl"] = 0, ["force_no_cache"] = false, ["max_lease_ttl"] = 0 },
            ["description"] = "",
            ["external_entropy_access"] = false,
            ["local"] = false,
            ["options"] = Json.Map(engine.Options),
            ["path"] = mount,
            ["seal_wrap"] = false,
            ["type"] = engine.Type,
            ["uuid"] = Guid.NewGuid().ToString(),
        });
    }
}
