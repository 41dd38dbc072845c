using System.Text.Json.Nodes;

namespace AkkaVault.Sandbox.Vault;

/// <summary>Seals and unseals this Vault, and serves the status pages, which answer in both states.</summary>
internal sealed class SealBackend(TimeProvider time, string unsealKey)
{
    private const string Version = "1.8.0-dev";
    private readonly string clusterId = Guid.NewGuid().ToString();
    private volatile bool isSealed;

    public bool IsSealed
    {
        get => isSealed;
        set => isSealed = value;
    }

    /// <summary>503 with Vault 1.8's message. A request with a token fails at the check of the token.</summary>
    public static VaultAnswer Refusal(bool hasToken) =>
        VaultAnswer.Errors(503, [hasToken ? "error performing token check: Vault is sealed" : "Vault is sealed"]);

    public VaultAnswer Health()
    {
        var down = IsSealed;
        var body = new JsonObject
        {
            ["initialized"] = true,
            ["sealed"] = down,
            ["standby"] = down,
            ["performance_standby"] = false,
            ["replication_performance_mode"] = down ? "unknown" : "disabled",
            ["replication_dr_mode"] = down ? "unknown" : "disabled",
            ["server_time_utc"] = time.GetUtcNow().ToUnixTimeSeconds(),
            ["version"] = Version,
        };
        if (!down) AddCluster(body);
        return new VaultAnswer { Status = down ? 503 : 200, Plain = body };
    }

    public VaultAnswer Status()
    {
        var body = new JsonObject
        {
            ["type"] = "shamir",
            ["initialized"] = true,
            ["sealed"] = IsSealed,
            ["t"] = 1,
            ["n"] = 1,
            ["progress"] = 0,
            ["nonce"] = "",
            ["version"] = Version,
            ["migration"] = false,
        };
        if (!IsSealed) AddCluster(body);
        body["recovery_seal"] = false;
        return new VaultAnswer { Plain = body };
    }

    /// <summary><c>sys/unseal</c>: one key share unseals this Vault.</summary>
    public VaultAnswer Unseal(VaultRequest request)
    {
        if (!request.Writes) return VaultAnswer.Errors(405, []);
        request.ParseBody();
        if (request.Data.Text("key") is not { Length: > 0 } key) throw new VaultRefusal(400, "'key' must be specified in request body as JSON, or 'reset' set to true");
        if (key != unsealKey) throw new VaultRefusal(400, "unable to retrieve stored keys: invalid key: failed to decrypt keys from storage");
        IsSealed = false;
        return Status();
    }

    private void AddCluster(JsonObject body)
    {
        body["cluster_name"] = $"vault-cluster-{clusterId[..8]}";
        body["cluster_id"] = clusterId;
    }
}
